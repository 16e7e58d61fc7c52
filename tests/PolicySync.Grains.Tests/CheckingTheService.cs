using PolicySync.Core.Errors;
using PolicySync.Core.Reports;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Checks;
using PolicySync.Grains.Tests.Support;
using PolicySync.Grains.Workspaces;

namespace PolicySync.Grains.Tests;

/// <summary>What a silo says of what it depends on.</summary>
public sealed class CheckingTheService
{
    private const string Reading = "table c.s.t select ann@corp.com";

    [Fact]
    public async Task A_healthy_service_has_no_remedies_and_its_checks_have_a_fixed_order_and_change_nothing()
    {
        await using var world = await StartAsync();

        var checks = await CheckAsync(world);

        Assert.Equal(
            ["storage OK", "policies OK", "workspace OK", "principals OK", "rights OK", "warehouse OK", "suspensions OK"],
            checks.Checks.Select(check => $"{check.Name} {check.Status}".Replace("Ok", "OK", StringComparison.Ordinal)));
        Assert.All(checks.Checks, check => Assert.Null(check.Remedy));
        Assert.Equal("reads and may change the grants of c", Of(checks, "rights").Detail);
        Assert.Contains("`svc@corp.com`", Of(checks, "workspace").Detail, StringComparison.Ordinal);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task The_use_of_the_budget_is_told_by_any_silo_without_a_call_of_the_workspace()
    {
        await using var world = await StartAsync(world => world.Workspace.Host = new Uri("https://Adb-1.example"));
        var budget = world.Cluster.Client.GetGrain<IWorkspaceBudgetGrain>("adb-1.example");
        await budget.RenewAsync(new BudgetReport(Guid.NewGuid(), 0, 0, 12, 5, 2, 0));
        var calls = world.Catalog.Calls.Count;

        var use = await new DoctorCalls(world.Cluster.Client, world.Time).BudgetAsync(default);

        Assert.Equal((12, 2, 3, 1), (use.Demand, use.Running, use.Waiting, use.Processes));
        Assert.Equal(calls, world.Catalog.Calls.Count);
    }

    [Fact]
    public async Task A_source_of_policies_that_fails_is_told_with_its_reason_and_the_other_checks_are_made()
    {
        await using var world = await StartAsync();
        world.Policies.Failure = FakePolicies.Gone;

        var checks = await CheckAsync(world);

        var policies = Of(checks, "policies");
        Assert.Equal((CheckStatus.Fail, "POLICIES_UNAVAILABLE: the source does not answer"), (policies.Status, policies.Detail));
        Assert.NotNull(policies.Remedy);
        Assert.Equal(CheckStatus.Ok, Of(checks, "storage").Status);
    }

    [Fact]
    public async Task A_catalog_without_MANAGE_is_named_and_ALL_PRIVILEGES_are_not_MANAGE()
    {
        await using var world = await StartAsync(world => world.Catalog.Add("catalog d", "catalog e", "catalog f"));
        world.Catalog.Grant("catalog d", "svc@corp.com", "ALL_PRIVILEGES");
        world.Catalog.Grant("catalog e", "admins", "MANAGE");
        world.Catalog.Grant("catalog f", "bob@corp.com", "MANAGE");

        var rights = Of(await CheckAsync(world), "rights");

        Assert.Equal(
            (CheckStatus.Fail, "may not change the grants of d: it has no MANAGE there and does not own it; may not change the grants of f: it has no MANAGE there and does not own it"),
            (rights.Status, rights.Detail));
        Assert.Contains("MANAGE", rights.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_owner_of_the_metastore_may_manage_every_catalog()
    {
        await using var world = await StartAsync(world =>
        {
            world.Catalog.Add("catalog d");
            world.Catalog.MetastoreOwner = () => "admins";
        });

        Assert.Equal((CheckStatus.Ok, "reads and may change the grants of c, d"), StatusOf(await CheckAsync(world), "rights"));
    }

    [Fact]
    public async Task A_service_that_does_not_know_itself_warns_instead_of_claiming_rights()
    {
        await using var world = await StartAsync(world => world.Directory.KnowsItself = false);

        var checks = await CheckAsync(world);

        Assert.Equal((CheckStatus.Warn, CheckStatus.Warn), (Of(checks, "workspace").Status, Of(checks, "rights").Status));
    }

    [Fact]
    public async Task Grants_that_may_not_be_read_fail_the_check_of_rights()
    {
        await using var world = await StartAsync();
        world.Catalog.FailNext(FakeUnityCatalog.Read, "catalog c", new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"));

        Assert.Equal((CheckStatus.Fail, "may not read the grants of c (PERMISSION_DENIED)"), StatusOf(await CheckAsync(world), "rights"));
    }

    [Theory]
    [InlineData(null, "RUNNING", CheckStatus.Warn)]
    [InlineData("w1", "RUNNING", CheckStatus.Ok)]
    [InlineData("w1", "STOPPED", CheckStatus.Ok)]
    [InlineData("w1", "DELETED", CheckStatus.Fail)]
    [InlineData("w1", null, CheckStatus.Warn)]
    public async Task A_warehouse_is_wanted_where_policies_filter_or_mask_and_is_not_started(string? id, string? state, CheckStatus expected)
    {
        await using var world = await StartAsync(world =>
        {
            world.Policies.Set(2, "filter c.s.t id=1 ann@corp.com");
            world.Workspace.WarehouseId = id;
            world.Catalog.WarehouseState = state;
        });

        var warehouse = Of(await CheckAsync(world), "warehouse");

        Assert.Equal((expected, expected != CheckStatus.Ok), (warehouse.Status, warehouse.Remedy is not null));
    }

    [Fact]
    public async Task Suspensions_in_force_are_counted_and_those_that_ended_are_not()
    {
        await using var world = await StartAsync();
        world.Suspensions.Suspend("c.hr", world.Time.GetUtcNow().AddHours(1));
        world.Suspensions.Suspend("c.old", world.Time.GetUtcNow().AddHours(-1));

        Assert.Equal((CheckStatus.Warn, "1 in force, on c.hr: nothing is written there"), StatusOf(await CheckAsync(world), "suspensions"));
    }

    [Fact]
    public async Task A_workspace_and_a_storage_that_do_not_answer_fail_their_checks_within_the_limit()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Store.Trouble = (what, _) => what == "find" ? KeptTasks.Down : null;
        world.Catalog.MetastoreOwner = () => throw new SyncException(SyncErrorCode.Unavailable, "HTTP 503");
        world.Policies.Hold = new Hold();

        var checking = CheckAsync(world);
        await world.PassUntilAsync(() => checking.IsCompleted, "the end of the checks");
        var checks = await checking;
        world.Policies.Hold.Release();

        Assert.Equal("no result within 10 seconds", Of(checks, "policies").Detail);
        Assert.Equal(CheckStatus.Fail, Of(checks, "workspace").Status);
        Assert.Equal((CheckStatus.Fail, "UNAVAILABLE: the storage does not answer"), StatusOf(checks, "storage"));
    }

    private static Task<World> StartAsync(Action<World>? arrange = null) => World.StartAsync(world =>
    {
        Arrange(world);
        arrange?.Invoke(world);
    });

    private static void Arrange(World world)
    {
        world.Catalog.Add("catalog c", "schema c.s", "table c.s.t");
        world.Catalog.Grant("catalog c", "svc@corp.com", "MANAGE");
        world.Policies.Set(1, Reading);
    }

    private static Task<CheckResults> CheckAsync(World world) => new DoctorCalls(world.Cluster.Client, world.Time).CheckAsync(default);

    private static CheckResult Of(CheckResults checks, string name) => Assert.Single(checks.Checks, check => check.Name == name);

    private static (CheckStatus Status, string Detail) StatusOf(CheckResults checks, string name) => (Of(checks, name).Status, Of(checks, name).Detail);
}
