using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Time begins at 12:00:00. The end of a schedule belongs to it, so what it gives goes a second later.</summary>
public sealed class Schedules
{
    private const string Table = "table main.sales.orders";
    private const string UntilTen = "table main.sales.orders select ann@corp.com until=2026/03/01T12:10:00";

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task What_a_schedule_gives_is_taken_away_by_itself_within_two_minutes_of_its_end()
    {
        await using var world = await StartAsync(UntilTen);
        var task = await SyncAsync(world);
        Assert.Equal(At("12:10:01"), world.ResultOf(task).ValidUntil);
        Assert.Equal(["table main.sales.orders 12:10:01"], world.Dues.All);

        await world.PassAsync(TimeSpan.FromMinutes(9.5), Step);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        await world.PassUntilAsync(() => world.Catalog.GrantsOn(Table) == "", "the end of the access", Step);

        Assert.InRange(world.Clock!.GetUtcNow(), At("12:10:01"), At("12:12:00"));
        var own = await OwnTaskAsync(world, 0);
        Assert.Equal(("RESOURCE_SYNC", "schedule", SyncTaskStatus.Success), (own.Request.Type, own.Request.Event!.Source, own.Status));
        Assert.Null(world.ResultOf(own).ValidUntil);
        Assert.Empty(world.Dues.All);
        Assert.Null(world.States.Of(Table)!.DueAt);
    }

    [Fact]
    public async Task What_a_schedule_is_to_give_comes_by_itself_when_it_begins()
    {
        await using var world = await StartAsync("table main.sales.orders select ann@corp.com from=2026/03/01T12:05:00");
        await SyncAsync(world);
        Assert.Equal("", world.Catalog.GrantsOn(Table));

        await world.PassUntilAsync(() => world.Catalog.GrantsOn(Table) == "ann@corp.com:SELECT", "the begin of the access", Step);

        Assert.InRange(world.Clock!.GetUtcNow(), At("12:05:00"), At("12:07:00"));
    }

    [Fact]
    public async Task A_repeated_run_with_nothing_new_writes_nothing()
    {
        await using var world = await StartAsync(UntilTen);
        await SyncAsync(world);
        world.Dues.ClearWrites();
        world.States.ClearWrites();

        var task = await SyncAsync(world);

        Assert.Equal(At("12:10:01"), world.ResultOf(task).ValidUntil);
        Assert.Empty(world.Dues.Writes);
        Assert.DoesNotContain(world.States.Writes, name => name.StartsWith("resource", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_says_until_when_and_remembers_nothing()
    {
        await using var world = await StartAsync(UntilTen);

        var task = await world.SubmitAsync(World.Request(Table) with { DryRun = true });
        task = await world.PassUntilEndAsync(task.Id);

        Assert.Equal(At("12:10:01"), world.ResultOf(task).ValidUntil);
        Assert.Empty(world.Dues.Writes);
        Assert.Null(world.States.Of(Table)?.DueAt);
    }

    [Fact]
    public async Task Only_what_was_synced_itself_is_remembered_and_not_the_parents_that_got_USE()
    {
        await using var world = await StartAsync(UntilTen);
        await SyncAsync(world);

        Assert.Equal("ann@corp.com:USE_SCHEMA", world.Catalog.GrantsOn("schema main.sales"));
        Assert.Equal(["table main.sales.orders 12:10:01"], world.Dues.All);

        await world.PassUntilAsync(
            () => world.Catalog.GrantsOn("schema main.sales") == "" && world.Catalog.GrantsOn("catalog main") == "", "the end of USE", Step);
    }

    [Theory]
    [InlineData("table main.sales.orders select ann@corp.com", null)]
    [InlineData("table main.sales.orders select ann@corp.com until=2026/03/01T12:20:00", "table main.sales.orders 12:20:01")]
    [InlineData("table main.sales.orders select ann@corp.com from=2026/03/01T12:07:00", "table main.sales.orders 12:07:00")]
    public async Task The_next_run_forgets_what_no_longer_concerns_the_securable(string policy, string? due)
    {
        await using var world = await StartAsync(UntilTen);
        await SyncAsync(world);
        world.Policies.Set(2, policy);

        await SyncAsync(world);

        Assert.Equal(due is null ? [] : [due], world.Dues.All);
    }

    [Fact]
    public async Task No_access_is_given_before_its_end_is_remembered()
    {
        await using var world = await StartAsync(UntilTen);
        world.Dues.Trouble = what => what == "add" ? KeptTasks.Down : null;
        var task = await world.SubmitAsync(Table);
        await world.PassAsync(TimeSpan.FromMinutes(1), Step);
        Assert.Equal("", world.Catalog.GrantsOn(Table));

        world.Dues.Trouble = null;
        await world.PassUntilEndAsync(task.Id, Step);

        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal(["table main.sales.orders 12:10:01"], world.Dues.All);
    }

    [Fact]
    public async Task Several_silos_make_one_task()
    {
        await using var world = await StartAsync(UntilTen, silos: 3);
        await SyncAsync(world);

        await world.PassUntilAsync(() => world.Catalog.GrantsOn(Table) == "", "the end of the access", Step);
        await world.PassAsync(TimeSpan.FromMinutes(2), Step);

        Assert.Single(world.Store.All, task => task.Request.DueAttempt is not null);
    }

    [Fact]
    public async Task A_restart_of_everything_forgets_nothing()
    {
        await using var world = await StartAsync(UntilTen);
        await SyncAsync(world);
        var old = world.Cluster.Silos[0];
        await world.Cluster.StartAdditionalSiloAsync();
        await world.KillAsync(old);
        world.Clock!.Advance(TimeSpan.FromMinutes(30));

        await world.PassUntilAsync(() => world.Catalog.GrantsOn(Table) == "", "the end of the access", Step);
    }

    [Fact]
    public async Task A_crash_between_the_task_and_the_forgetting_makes_one_task_more_and_loses_nothing()
    {
        await using var world = await StartAsync(UntilTen);
        await SyncAsync(world);
        var failures = 2; // of the sweep, and of the run, which would forget it too
        world.Dues.Trouble = what => what == "remove" && failures-- > 0 ? KeptTasks.Down : null;

        await world.PassUntilAsync(() => world.Dues.All.Count == 0, "everything due to be done", Step);

        Assert.Equal("", world.Catalog.GrantsOn(Table));
        Assert.Equal(2, world.Store.All.Count(task => task.Request.DueAttempt is not null));
    }

    [Fact]
    public async Task A_task_of_its_own_that_finds_no_policies_is_made_again_until_it_does()
    {
        await using var world = await StartAsync(UntilTen);
        await SyncAsync(world);
        world.Policies.Failure = FakePolicies.Gone;
        await world.PassUntilAsync(() => world.Dues.All is [var due] && due.EndsWith("#1", StringComparison.Ordinal), "the first failure", Step);
        Assert.Equal(SyncTaskStatus.Failed, (await OwnTaskAsync(world, 0)).Status);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));

        world.Policies.Failure = null;
        await world.PassUntilAsync(() => world.Catalog.GrantsOn(Table) == "", "the end of the access", Step);
        await OwnTaskAsync(world, 1);
        Assert.Empty(world.Dues.All);
    }

    [Fact]
    public async Task A_securable_that_fails_in_a_task_of_its_own_comes_again_ever_later_and_one_that_is_gone_does_not()
    {
        await using var world = await StartAsync(UntilTen);
        await SyncAsync(world);
        world.Catalog.FailNext(FakeUnityCatalog.Patch, Table, new SyncException(SyncErrorCode.PermissionDenied, "not allowed"), times: 3);
        var waits = new List<TimeSpan>();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await world.PassUntilAsync(() => world.Dues.All is [var due] && due.EndsWith($"#{attempt}", StringComparison.Ordinal), $"failure {attempt}", Step);
            var due = TimeSpan.Parse(world.Dues.All[0].Split(' ')[2], null);
            waits.Add(due - world.Clock!.GetUtcNow().TimeOfDay);
        }

        Assert.Equal([5, 10, 20], waits.Select(wait => (int)Math.Round(wait.TotalMinutes)));
        world.Catalog.Drop(Table);
        await world.PassUntilAsync(() => world.Dues.All.Count == 0, "the end of trying", Step);
        Assert.Equal(SyncTaskStatus.Skipped, (await OwnTaskAsync(world, 3)).Status);
        Assert.Empty(world.Dues.All);
    }

    [Fact]
    public async Task A_run_that_comes_too_early_by_its_own_clock_stays_due()
    {
        await using var world = await StartAsync(UntilTen);
        await SyncAsync(world);
        var table = Securable.Table("main", "sales", "orders");
        await world.Dues.RemoveAsync([new DueSecurable(table, At("12:10:01"), 0)], default);
        await world.Dues.AddAsync([new DueSecurable(table, At("12:01:00"), 0)], default); // as by a clock that is ahead

        await world.PassUntilAsync(() => world.Store.All.Any(task => task.Request.DueAttempt is not null && task.Status.IsTerminal()), "the early task", Step);

        Assert.Equal(["table main.sales.orders 12:10:01"], world.Dues.All);
    }

    [Fact]
    public async Task A_catalog_that_is_due_takes_what_is_below_along_in_one_task()
    {
        await using var world = await StartAsync("table main.*.* select ann@corp.com until=2026/03/01T12:10:00");
        world.Catalog.Add([.. Enumerable.Range(0, 30).Select(n => $"table main.s{n % 3}.t{n}")]);
        var task = await world.SubmitAsync("catalog main");
        await world.PassUntilEndAsync(task.Id);
        Assert.Equal(1 + 4 + 31, world.Dues.All.Count);

        await world.PassUntilAsync(() => world.Dues.All.Count == 0, "everything due to be made a task of", Step);

        var own = await OwnTaskAsync(world, 0);
        Assert.Equal((SyncTaskStatus.Success, 36L), (own.Status, own.Progress.Done));
        Assert.All(Enumerable.Range(0, 30), n => Assert.Equal("", world.Catalog.GrantsOn($"table main.s{n % 3}.t{n}")));
    }

    [Fact]
    public async Task The_end_of_a_schedule_does_not_trip_the_revoke_guard_and_lost_policies_beside_it_do()
    {
        var people = string.Join(',', Enumerable.Range(0, 12).Select(n => $"u{n}@corp.com"));
        await using var world = await StartAsync($"table main.sales.orders select {people} until=2026/03/01T12:10:00", "table main.sales.orders modify ann@corp.com");
        await SyncAsync(world);

        await world.PassUntilAsync(() => world.Catalog.GrantsOn(Table) == "ann@corp.com:MODIFY", "the end of the access", Step);

        world.Policies.Set(2, $"table main.sales.orders select {people}", "table main.sales.orders modify ann@corp.com until=2026/03/01T13:00:00");
        await SyncAsync(world);
        world.Policies.Set(3, "table main.other.t select bob@corp.com", "table main.sales.orders modify ann@corp.com until=2026/03/01T13:00:00");
        await world.PassUntilAsync(() => world.Store.All.Any(task => task.Request.DueAttempt is not null && task.Status == SyncTaskStatus.Failed), "the guard", TimeSpan.FromSeconds(30));
        Assert.Contains(
            "RevokeGuard 12 of 13", world.Store.All.First(task => task.Status == SyncTaskStatus.Failed).Failures[0] is var failure ? $"{failure.Code} {failure.Message}" : "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_USE_on_a_walked_container_is_not_stopped_by_the_limit_on_revokes()
    {
        var people = string.Join(',', Enumerable.Range(0, 12).Select(n => $"u{n}@corp.com"));
        await using var world = await StartAsync($"table main.*.* select {people} until=2026/03/01T12:10:00");
        await world.PassUntilEndAsync((await world.SubmitAsync("catalog main")).Id);
        Assert.Equal(12, world.Catalog.GrantsOn("catalog main").Split(' ').Length);

        await world.PassUntilAsync(() => world.Catalog.GrantsOn("catalog main") == "", "the end of USE", Step);

        Assert.Equal(SyncTaskStatus.Success, (await OwnTaskAsync(world, 0)).Status);
    }

    private static async Task<World> StartAsync(string policy, string? second = null, int silos = 1) =>
        await World.StartFrozenAsync(
            world =>
            {
                world.Catalog.Add(Table);
                world.Policies.Set(1, [policy, .. second is null ? Array.Empty<string>() : [second]]);
                world.DuePeriod = TimeSpan.FromSeconds(15);
                world.RecoveryPeriod = TimeSpan.FromSeconds(15);
            },
            silos);

    private static async Task<SyncTask> SyncAsync(World world) => await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);

    /// <summary>The n-th task that was made by itself, when it has ended.</summary>
    private static async Task<SyncTask> OwnTaskAsync(World world, int n)
    {
        SyncTask? own = null;
        await world.PassUntilAsync(
            () => (own = world.Store.All.Where(task => task.Request.DueAttempt is not null).ElementAtOrDefault(n))?.Status.IsTerminal() == true,
            $"task {n} of its own", Step);
        return own!;
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-03-01T{time}Z", null);
}
