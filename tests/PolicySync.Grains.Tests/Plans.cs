using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Plans with policies of their own choice, and tasks that carry them out.</summary>
public sealed class Plans
{
    private static readonly string[] Before =
        ["table main.a.* select dan@corp.com", "schema main.b create_table dan@corp.com", "table main.a.t1 modify ann@corp.com"];

    private static readonly string[] After =
        ["table main.a.t1 select ann@corp.com", "table main.b.* select,modify bob@corp.com", "catalog main browse,create_schema carl@corp.com"];

    public static TheoryData<string[]> Targets() => [["catalog main"], ["schema main.a"], ["table main.a.t1"], ["table main.b.t3", "table main.a.t1", "table main.a.t2"]];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task A_plan_of_candidate_policies_that_is_applied_after_the_change_changes_exactly_what_it_said(string[] targets)
    {
        await using var world = await SyncedAsync();
        var plan = await world.RunAsync(await PlanOfAsync(world, After, targets));

        Assert.Equal((TaskTypes.Plan, SyncTaskStatus.Success), (plan.Request.Type, plan.Status));
        Assert.Empty(world.Catalog.Writes);
        var planned = CallsOf(world, plan);
        Assert.NotEmpty(planned);
        Assert.Equal(Before.Length, (await CurrentAsync(world)).ReadEntries().Count());
        world.Policies.Set(2, After);

        var applied = await world.RunAsync(ApplyOf(plan));

        Assert.Equal(SyncTaskStatus.Success, applied.Status);
        Assert.NotEmpty(world.Catalog.Writes);
        Assert.Equal(planned, world.Catalog.Writes.Select(call => call.Detail).Order());
        var verified = await world.RunAsync(World.Request(targets) with { Type = TaskTypes.Verify });
        Assert.Equal((0, SyncTaskStatus.Success), (verified.Progress.Drifted, verified.Status));
    }

    [Theory]
    [InlineData("grants")]
    [InlineData("policies")]
    [InlineData("a new table")]
    [InlineData("a dropped table")]
    public async Task A_plan_is_not_applied_and_nothing_is_written_when_something_has_moved(string moved)
    {
        await using var world = await SyncedAsync();
        var plan = await world.RunAsync(await PlanOfAsync(world, After, "catalog main"));
        world.Policies.Set(2, After);
        var (table, what) = moved switch
        {
            "grants" => ("table main.b.t3", "its changes are not those of the plan any more"),
            "policies" => ("table main.b.t4", "its changes are not those of the plan any more"),
            "a new table" => ("table main.b.t9", "the plan leaves it as it is, and now it would be changed"),
            _ => ("table main.b.t4", "the plan changes it, and it was not found"),
        };
        switch (moved)
        {
            case "grants":
                world.Catalog.Grant("table main.b.t3", "bob@corp.com", "MODIFY");
                break;
            case "policies":
                world.Policies.Set(3, [.. After, "table main.b.t4 manage bob@corp.com"]);
                break;
            case "a new table":
                world.Catalog.Add(table);
                break;
            default:
                world.Catalog.Drop(table);
                break;
        }

        var applied = await world.RunAsync(ApplyOf(plan));

        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Failed), (applied.Status, applied.Outcome));
        Assert.StartsWith("PLAN_OUTDATED: 1 securable has moved since the plan was made, so nothing was written", applied.Message, StringComparison.Ordinal);
        var result = Assert.Single(world.Store.ResultsOf(applied.Id));
        Assert.Equal((table, SyncErrorCode.PlanOutdated, what), ($"{result.Type} {result.FullName}", result.Error!.Code, result.Message));
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_securable_that_moves_after_the_check_is_left_unwritten_and_the_others_are_done()
    {
        await using var world = await SyncedAsync();
        var plan = await world.RunAsync(await PlanOfAsync(world, After, "table main.b.t3", "table main.b.t4"));
        world.Policies.Set(2, After);
        // The check has its policies by then; the run that would write asks for them again.
        world.Catalog.InterfereNext(FakeUnityCatalog.Read, "table main.b.t3", () => world.Policies.Set(3, [.. After, "table main.b.t3 manage bob@corp.com"]));

        var applied = await world.RunAsync(ApplyOf(plan));

        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Partial), (applied.Status, applied.Outcome));
        var moved = Assert.Single(world.Store.ResultsOf(applied.Id), result => result.Status == ResourceStatus.Failed);
        Assert.Equal(("main.b.t3", SyncErrorCode.PlanOutdated), (moved.FullName, moved.Error!.Code));
        Assert.Equal("", world.Catalog.GrantsOn("table main.b.t3"));
        Assert.Equal("bob@corp.com:MODIFY,SELECT", world.Catalog.GrantsOn("table main.b.t4"));
    }

    [Fact]
    public async Task A_plan_of_the_current_policies_is_one_too_and_a_plan_that_is_not_kept_is_not_applied()
    {
        await using var world = await SyncedAsync();
        world.Catalog.Revoke("table main.a.t1", "ann@corp.com", "MODIFY");
        var plan = await world.RunAsync(new SyncRequest
        {
            Type = TaskTypes.Plan, DryRun = true, Resources = World.Request("schema main.a").Resources, Plan = new PlanSource("", 1, "stamp"),
        });

        var applied = await world.RunAsync(ApplyOf(plan));
        var lost = await world.RunAsync(ApplyOf(plan) with { PlanId = 12345 });

        Assert.Equal(SyncTaskStatus.Success, applied.Status);
        Assert.Equal("main.a.t1", Assert.Single(world.Catalog.Writes).On!.FullName);
        Assert.StartsWith("PLAN_OUTDATED: the plan is not kept any more", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_says_whose_access_it_changes_with_members_of_groups_and_what_containers_give()
    {
        await using var world = await SyncedAsync();
        world.Directory.Groups["readers"] = ["ann@corp.com", "bob@corp.com"];
        world.Catalog.Grant("schema main.a", "ann@corp.com", "SELECT");

        var plan = await world.RunAsync(await PlanOfAsync(world, ["table main.a.t2 select @readers"], "table main.a.t2"));

        var effect = Assert.Single(world.Store.ResultsOf(plan.Id)).Effect!;
        Assert.Equal(["bob@corp.com +SELECT -", "dan@corp.com + -SELECT"], effect.Users.Select(user => $"{user.User} +{string.Join(',', user.Gains)} -{string.Join(',', user.Losses)}"));
        Assert.Equal((1, 1), (effect.Gaining, effect.Losing));
    }

    [Fact]
    public async Task A_type_of_a_plan_without_its_plan_is_skipped()
    {
        await using var world = await SyncedAsync();

        var plan = await world.RunAsync(World.Request("table main.a.t1") with { Type = TaskTypes.Plan });
        var apply = await world.RunAsync(World.Request("table main.a.t1") with { Type = TaskTypes.Apply });

        Assert.Equal((SyncTaskStatus.Skipped, SyncTaskStatus.Skipped), (plan.Status, apply.Status));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silo_that_is_killed_in_the_middle_of_an_apply_leaves_a_task_that_ends_as_it_would_have(bool duringTheCheck)
    {
        await using var world = await SyncedAsync(silos: 2);
        var plan = await world.RunAsync(await PlanOfAsync(world, After, "catalog main"));
        var planned = CallsOf(world, plan).Distinct();
        world.Policies.Set(2, After);
        var hold = world.Held = duringTheCheck
            ? world.Catalog.HoldNext(FakeUnityCatalog.Read, "table main.b.t3")
            : world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.b.t3");
        var task = await world.SubmitAsync(ApplyOf(plan));
        await hold.Reached.WaitAsync(TimeSpan.FromSeconds(60));
        var written = world.Catalog.Writes.Count;

        await world.KillAsync(world.SiloOf(task.Id));
        hold.Release();
        var ended = await world.EndOfAsync(task.Id);

        Assert.Equal(duringTheCheck, written == 0);
        Assert.Equal(SyncTaskStatus.Success, ended.Status);
        Assert.Equal(planned, world.Catalog.Writes.Select(call => call.Detail).Distinct().Order());
        Assert.Equal("bob@corp.com:MODIFY,SELECT", world.Catalog.GrantsOn("table main.b.t3"));
    }

    private static List<string?> CallsOf(World world, SyncTask plan) =>
        [.. world.Store.ResultsOf(plan.Id).SelectMany(result => result.PlannedCalls).Select(call => JsonSerializer.Deserialize<string>(call.Body)).Order()];

    private static Task<World> SyncedAsync(int silos = 1) => SyncedAsync(World.StartAsync(world =>
    {
        world.Catalog.Add("table main.a.t1", "table main.a.t2", "table main.b.t3", "table main.b.t4");
        world.Policies.Set(1, Before);
        world.RecoveryPeriod = TimeSpan.FromSeconds(1);
        world.ResponseTimeout = TimeSpan.FromSeconds(5);
    }, silos));

    private static async Task<World> SyncedAsync(Task<World> starting)
    {
        var world = await starting;
        await world.RunAsync("catalog main");
        world.Catalog.Forget();
        return world;
    }

    private static async Task<SyncRequest> PlanOfAsync(World world, string[] policies, params string[] resources)
    {
        var candidate = new FakePolicies();
        candidate.Set(77, policies);
        var set = PolicySet.Of((await candidate.ReadAsync(null, default))!.Policies);
        var hash = PolicyContent.DigestOf(set);
        await world.Candidates.PutAsync(hash, set.Packed, default);
        return new SyncRequest
        {
            Type = TaskTypes.Plan, DryRun = true, AllowRevoke = true, Resources = World.Request(resources).Resources,
            Plan = new PlanSource(hash, 77, "stamp") { Candidate = hash },
        };
    }

    private static SyncRequest ApplyOf(SyncTask plan) =>
        plan.Request with { Type = TaskTypes.Apply, DryRun = false, Plan = null, PlanId = plan.Id.Value };

    private static async Task<PolicySet> CurrentAsync(World world) =>
        (await new CurrentPolicies(world.Cluster.Client, world.Time).ReadAsync(fresh: true, default)).Set;
}
