using PolicySync.Core.Errors;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>What a principal reaches and what a policy does, in an index that runs keep.</summary>
public sealed class IndexOfAccess
{
    private const string Table = "table c.s.t";

    [Fact]
    public async Task A_sync_records_who_holds_what_by_which_policy_and_who_owns_it()
    {
        await using var world = await StartAsync();
        world.Catalog.Grant(Table, "cid@corp.com", "MODIFY");

        await world.RunAsync(Table);

        Assert.Equal(["catalog c: USE_CATALOG(1)", "schema c.s: USE_SCHEMA(1)", "table c.s.t: SELECT(1)"], await world.Index.OfAsync("staff"));
        Assert.Equal(["table c.s.t: MODIFY(foreign)"], await world.Index.OfAsync("cid@corp.com"));
        Assert.Contains("table c.s.t: owner", await world.Index.OfAsync("owner@corp.com"));
        var effects = IndexedSecurable.Read<IndexedPolicy>((await world.Index.ReadAsync(AccessIndexKey.OfPolicy(1), null, 10, default)).Single(row => row.Securable.FullName == "c.s.t").Content);
        Assert.Equal(("staff", "SELECT", 1), (effects.Grants[0].Principal, effects.Grants[0].Privilege, effects.GrantCount));
    }

    [Fact]
    public async Task A_sync_that_changes_nothing_writes_neither_the_index_nor_the_state()
    {
        await using var world = await StartAsync();
        world.Catalog.Grant(Table, "cid@corp.com", "MODIFY");
        await world.RunAsync("catalog c");
        await world.RunAsync(Table);
        await world.RunAsync(World.Request(Table) with { Type = "VERIFY" }); // records the grant of another party as a difference
        world.Index.Forget();
        var states = world.States.Writes.Count;

        await world.RunAsync("catalog c");
        await world.RunAsync(Table);
        await world.RunAsync(World.Request(Table) with { Type = "VERIFY" });

        Assert.Empty(world.Index.Writes);
        Assert.Equal(states, world.States.Writes.Count);
    }

    [Fact]
    public async Task Only_rows_that_changed_are_written_and_what_is_gone_is_removed()
    {
        await using var world = await StartAsync("table c.s.t select cid@corp.com");
        await world.RunAsync(Table);
        world.Index.Forget();
        world.Policies.Set(2, $"{Table} select @staff", $"{Table} modify bob@corp.com");

        await world.RunAsync(Table);

        Assert.Equal(
            ["+ table c.s.t e 2", "+ table c.s.t p bob@corp.com", "+ table c.s.t s c", "- table c.s.t p cid@corp.com"],
            world.Index.Writes.Where(write => write.Contains("table", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Empty(await world.Index.OfAsync("cid@corp.com"));
    }

    [Fact]
    public async Task What_a_policy_could_not_do_is_recorded_and_removed_once_it_could()
    {
        await using var world = await StartAsync($"deny {Table} select ann@corp.com");
        await world.RunAsync(Table);

        var row = Assert.Single(await world.Index.ReadAsync(AccessIndexKey.OfGaps(2), null, 10, default));
        Assert.Contains(IndexedSecurable.Read<IndexedGaps>(row.Content).Gaps, gap => gap is { Code: GapCode.GroupExpanded, Principal: "staff" });

        world.Policies.Set(2, $"{Table} select @staff");
        await world.RunAsync(Table);
        Assert.Empty(await world.Index.ReadAsync(AccessIndexKey.OfGaps(2), null, 10, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_of_the_index_that_fails_or_whose_answer_is_lost_is_made_again(bool lost)
    {
        var left = 1;
        await using var world = await StartAsync();
        Exception? Fail() => Interlocked.Decrement(ref left) >= 0 ? new SyncException(SyncErrorCode.Unavailable, "away") : null;
        world.Index.Before = () => lost ? null : Fail();
        world.Index.After = () => lost ? Fail() : null;

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Contains("table c.s.t: SELECT(1)", await world.Index.OfAsync("staff"));
        Assert.DoesNotContain(world.States.Of(Table)!.Seen!.Rows.Values, digest => digest.Length == 0);
    }

    [Fact]
    public async Task A_run_that_dies_between_the_index_and_the_state_leaves_rows_that_the_next_run_writes_again()
    {
        await using var world = await StartAsync("table c.s.t select cid@corp.com");
        await world.RunAsync(Table);
        world.States.Change(Table, state => state.Seen!.Rows["p cid@corp.com"] = ""); // the intent of a run that died after it wrote the row
        await world.Index.WriteAsync(Support.Resources.Parse(Table), new Dictionary<string, string?> { ["p cid@corp.com"] = "{}" }, default);

        await world.RunAsync(Table);

        Assert.Equal(["table c.s.t: SELECT(2)"], (await world.Index.OfAsync("cid@corp.com")).Where(row => row.StartsWith(Table, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_table_that_was_dropped_leaves_the_index_when_it_is_synced()
    {
        await using var world = await StartAsync();
        await world.RunAsync(Table);
        world.Catalog.Drop(Table);

        await world.RunAsync(Table);

        Assert.DoesNotContain(await world.Index.OfAsync("staff"), row => row.StartsWith("table", StringComparison.Ordinal));
        Assert.Null(world.States.Of(Table)!.Seen);
    }

    [Fact]
    public async Task A_table_that_was_renamed_is_in_the_index_under_its_new_name_only()
    {
        await using var world = await StartAsync("table c.s.new select @staff");
        await world.RunAsync(Table);
        world.Catalog.Rename(Table, "table c.s.new");

        await world.RunAsync("table c.s.new");

        await World.UntilAsync(
            () => !world.Index.OfAsync("staff").Result.Any(row => row.StartsWith(Table + ":", StringComparison.Ordinal)), "the rows of the old name to go");
        Assert.Contains(await world.Index.OfAsync("staff"), row => row.StartsWith("table c.s.new: SELECT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_of_securables_has_what_was_synced_with_its_counts()
    {
        await using var world = await StartAsync($"deny {Table} select ann@corp.com");
        world.Catalog.Grant(Table, "cid@corp.com", "MODIFY");

        await world.RunAsync(Table);

        Assert.Equal(["catalog c"], (await world.Index.ReadAsync(AccessIndexKey.Catalogs, null, 10, default)).Select(row => row.Securable.ToString()));
        var row = (await world.Index.ReadAsync(AccessIndexKey.OfSecurables("c"), null, 10, default)).Single(row => row.Securable.ToString() == Table);
        var summary = IndexedSecurable.Read<IndexedSummary>(row.Content);
        Assert.True(summary is { Own: > 0, Foreign: 1, Gaps: >= 2, Exposed: 1 }, row.Content);
    }

    [Fact]
    public async Task A_sync_that_fails_is_recorded_once_and_the_next_that_ends_well_removes_it()
    {
        await using var world = await StartAsync();
        await world.RunAsync(Table);
        world.Catalog.FailNext(FakeUnityCatalog.Read, Table, new SyncException(SyncErrorCode.PermissionDenied, "not yours"), times: 2);

        Assert.Equal(SyncTaskStatus.Failed, (await world.RunAsync(Table)).Status);
        var failed = Assert.Single(await world.Index.ReadAsync(AccessIndexKey.OfFailures("c"), null, 10, default));
        Assert.Equal((Table, "PERMISSION_DENIED"), (failed.Securable.ToString(), IndexedSecurable.Read<IndexedFailure>(failed.Content).Code));
        world.Index.Forget();
        await world.RunAsync(Table);
        Assert.DoesNotContain(world.Index.Writes, write => write.Contains(" f ", StringComparison.Ordinal));

        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync(Table)).Status);
        Assert.Empty(await world.Index.ReadAsync(AccessIndexKey.OfFailures("c"), null, 10, default));
    }

    [Fact]
    public async Task An_index_that_was_lost_is_written_again_by_the_next_runs()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.Index.Lose();
        await world.PassAsync(TimeSpan.FromMinutes(2)); // a silo reads the generation once a minute

        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);

        Assert.Contains("table c.s.t: SELECT(1)", await world.Index.OfAsync("staff"));
        Assert.Contains(await world.Index.ReadAsync(AccessIndexKey.OfSecurables("c"), null, 10, default), row => row.Securable.ToString() == Table);
        Assert.NotEmpty(await world.Index.ReadAsync(AccessIndexKey.Catalogs, null, 10, default));
    }

    private static Task<World> StartAsync(params string[] more) => World.StartAsync(world => Arrange(world, more));

    private static void Arrange(World world) => Arrange(world, []);

    private static void Arrange(World world, string[] more)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, [$"{Table} select @staff", .. more]);
    }
}
