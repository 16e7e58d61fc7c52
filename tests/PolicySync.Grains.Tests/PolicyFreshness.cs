using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class PolicyFreshness
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task A_task_waits_for_a_source_that_does_not_answer_and_goes_on_when_it_is_back()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Policies.Failure = FakePolicies.Gone;
        var task = await world.SubmitAsync(Table);
        await world.PassAsync(TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(1));

        var waiting = (await world.Gateway.FindAsync(task.Id, CancellationToken.None))!;
        Assert.Equal((SyncTaskStatus.Waiting, "Waiting for policies: POLICIES_UNAVAILABLE: the source does not answer"), (waiting.Status, waiting.Message));
        Assert.Empty(world.Catalog.Calls);
        world.Policies.Failure = null;
        await world.PassAsync(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(1));

        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
    }

    [Fact]
    public async Task A_source_that_stays_away_ends_the_whole_task_after_MaxWait()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.Add("table main.other.t");
        });
        world.Policies.Failure = FakePolicies.Gone;
        var start = world.Clock!.GetUtcNow();
        var task = await world.SubmitAsync("schema main.sales", "schema main.other");

        task = await world.PassUntilEndAsync(task.Id, TimeSpan.FromSeconds(1));

        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Failed), (task.Status, task.Outcome));
        Assert.Equal("POLICIES_UNAVAILABLE: the source does not answer", task.Message);
        Assert.InRange(task.EndTime!.Value - start, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.2));
        Assert.Empty(world.Catalog.Calls);
        Assert.Equal("schema main.sales", Assert.Single(task.Failures) is var failure ? $"{failure.Type} {failure.FullName}" : "");
    }

    [Fact]
    public async Task A_shrunken_set_revokes_nothing_and_ends_the_task_also_after_a_restart()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com", "table main.b.t select ann@corp.com", "table main.c.t select ann@corp.com");
        }, silos: 2);
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.b.t select ann@corp.com");

        var task = await world.RunAsync(Table);
        Assert.Equal(SyncTaskStatus.Failed, task.Status);
        Assert.StartsWith("POLICIES_SHRANK: ", task.Message, StringComparison.Ordinal);
        await RestartAsync(world);

        task = await world.RunAsync(Table);
        Assert.StartsWith("POLICIES_SHRANK: ", task.Message, StringComparison.Ordinal);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));

        world.PoliciesOptions.AllowShrink = 2;
        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync(Table)).Status);
        Assert.Equal("", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_read_that_hangs_ends_tasks_after_MaxWait_and_others_are_served_once_the_source_is_back()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.PoliciesOptions.MaxWait = TimeSpan.FromMinutes(1);
        });
        var stuck = world.Policies.Hold = new Hold(); // never released
        var start = world.Clock!.GetUtcNow();
        var task = await world.SubmitAsync(Table);
        await stuck.Reached;
        await world.PassAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1));
        var waiting = (await world.Gateway.FindAsync(task.Id, CancellationToken.None))!;

        task = await world.PassUntilEndAsync(task.Id, TimeSpan.FromSeconds(1));

        Assert.Equal((SyncTaskStatus.Waiting, "Waiting for policies: no answer yet from the policy source"), (waiting.Status, waiting.Message));
        Assert.StartsWith("POLICIES_UNAVAILABLE: the policies were still being read after 00:01:00", task.Message, StringComparison.Ordinal);
        Assert.InRange(task.EndTime!.Value - start, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1.2));

        // The read still hangs. The check that waits for it has a limit of its own, after which the next check can begin.
        world.Policies.Hold = null;
        await world.PassAsync(world.PoliciesOptions.CheckLimit(), TimeSpan.FromSeconds(1));
        task = await world.SubmitAsync(Table);
        var served = await world.PassUntilEndAsync(task.Id);
        Assert.Equal((SyncTaskStatus.Success, "Sync completed successfully"), (served.Status, served.Message));
    }

    [Theory]
    [InlineData(true)] // `{}`
    [InlineData(false)] // the file is gone
    public async Task Tags_that_are_lost_open_nothing_and_are_told_also_after_a_restart_until_the_version_is_named(bool isThere)
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Tags = ["main.sales.orders pii"];
            world.Policies.Set(7, "table main.sales.orders select ann@corp.com", "deny tag pii select ann@corp.com");
        }, silos: 2);
        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync(Table)).Status);
        Assert.Equal("", world.Catalog.GrantsOn(Table));
        world.Policies.Tags = isThere ? [] : null;

        var lost = (await world.RunAsync(Table)).Message!;
        await RestartAsync(world);
        var again = (await world.RunAsync(Table)).Message!;

        Assert.StartsWith("POLICIES_SHRANK: version 7 of the policies lost too much: tags: ", lost, StringComparison.Ordinal);
        Assert.Equal(lost, again);
        Assert.Equal("", world.Catalog.GrantsOn(Table));
        world.PoliciesOptions.AllowShrink = 7;
        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync(Table)).Status);
    }

    [Fact]
    public async Task Cached_policies_serve_only_where_that_is_allowed_and_the_task_says_so()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.PoliciesOptions.AllowStale = true;
        });
        await world.RunAsync(Table);
        world.Policies.Failure = FakePolicies.Gone;

        var task = await world.RunAsync(Table);

        Assert.Equal((SyncTaskStatus.Success, true), (task.Status, task.StalePolicies));
    }

    [Fact]
    public async Task What_was_accepted_last_serves_after_a_restart_without_the_source_where_that_is_allowed()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.PoliciesOptions.AllowStale = true;
        });
        await world.RunAsync(Table);
        world.Catalog.Grant(Table, "bob@corp.com", "SELECT");
        world.Policies.Failure = FakePolicies.Gone;
        await RestartAsync(world);

        var task = await world.RunAsync(Table);

        Assert.Equal((SyncTaskStatus.Success, true, 1L), (task.Status, task.StalePolicies, task.PolicyVersion));
        world.Policies.Failure = null;
        task = await world.RunAsync(Table);
        Assert.Equal((SyncTaskStatus.Success, false), (task.Status, task.StalePolicies));
    }

    [Theory]
    [InlineData(false, true)] // nobody allowed it
    [InlineData(true, false)] // what is kept is not what was accepted last
    public async Task After_a_restart_without_the_source_nothing_else_serves(bool allowed, bool isLast)
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.PoliciesOptions.AllowStale = allowed;
            world.PoliciesOptions.MaxWait = TimeSpan.Zero;
        });
        await world.RunAsync(Table);
        world.Policies.Failure = FakePolicies.Gone;
        world.Policies.Kept = isLast ? world.Policies.Kept : "stamp of an older set";
        await RestartAsync(world);

        Assert.Equal("POLICIES_UNAVAILABLE: the source does not answer", (await world.RunAsync(Table)).Message);
    }

    [Fact]
    public async Task A_set_that_was_refused_does_not_take_the_place_of_the_kept_one()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com", "table main.b.t select ann@corp.com", "table main.c.t select ann@corp.com");
        });
        await world.RunAsync(Table);
        var kept = world.Policies.Kept;
        world.Policies.Set(2, "table main.b.t select ann@corp.com");

        Assert.StartsWith("POLICIES_SHRANK: ", (await world.RunAsync(Table)).Message, StringComparison.Ordinal);
        Assert.Equal((true, kept), (kept is not null, world.Policies.Kept));
    }

    [Fact]
    public async Task A_lower_version_is_used_when_the_source_has_it_now()
    {
        await using var world = await World.StartAsync(Arrange);
        await world.RunAsync(Table);
        world.Policies.Set(0, "table main.sales.orders select bob@corp.com");

        Assert.Equal(0, (await world.RunAsync(Table)).PolicyVersion);
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task One_check_serves_all_who_wait_for_one()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 40).Select(n => $"table main.a.t{n}")]);
            world.Policies.Set(1, "table main.a.* select ann@corp.com");
            world.Sync.ParentUse = false;
        });
        var begun = 0;
        world.States.BeforeRead = name =>
        {
            Interlocked.Add(ref begun, name.StartsWith("resource ", StringComparison.Ordinal) ? 1 : 0);
            return Task.CompletedTask;
        };
        var hold = world.Policies.Hold = new Hold();
        var first = await world.SubmitAsync("table main.a.t0");
        await hold.Reached;
        var others = await Task.WhenAll(Enumerable.Range(1, 39).Select(n => world.SubmitAsync($"table main.a.t{n}")));
        await World.UntilAsync(() => Volatile.Read(ref begun) == 40, "all runs to have begun");
        await World.SettleAsync(); // and to have joined the check that waits
        world.Policies.Set(2, "table main.a.* select bob@corp.com");
        world.Policies.Hold = null;
        hold.Release();

        await world.EndOfAsync(first.Id);
        foreach (var other in others)
        {
            Assert.Equal(2, (await world.EndOfAsync(other.Id)).PolicyVersion);
        }

        Assert.Equal(2, world.Policies.Reads);
    }

    [Fact]
    public async Task A_baseline_that_could_not_be_stored_is_not_taken_for_accepted()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        var failures = 3;
        world.States.BeforeWrite = name =>
            name.StartsWith("policy-baseline", StringComparison.Ordinal) && failures-- > 0 ? throw new TimeoutException("storage") : Task.CompletedTask;

        var task = await world.SubmitAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        Assert.Single(world.States.Writes, name => name.StartsWith("policy-baseline", StringComparison.Ordinal));
    }

    private static async Task RestartAsync(World world)
    {
        foreach (var silo in world.Cluster.Silos.ToList())
        {
            await world.Cluster.StartAdditionalSiloAsync();
            await world.Cluster.StopSiloAsync(silo);
        }
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }
}
