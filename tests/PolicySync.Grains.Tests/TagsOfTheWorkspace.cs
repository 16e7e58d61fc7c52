using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Tags that Unity Catalog keeps itself, read by each run where tag policies could use them.</summary>
public sealed class TagsOfTheWorkspace
{
    private const string Table = "table main.sales.orders";
    private const string Given = "table main.sales.orders select ann@corp.com,bob@corp.com";
    private const string Denied = "deny tag pii select ann@corp.com";

    [Theory]
    [InlineData("catalog main", null)]
    [InlineData("schema main.sales", null)]
    [InlineData(Table, null)]
    [InlineData(Table, "email")]
    public async Task What_a_tag_policy_denies_is_withheld_from_what_is_tagged_here_above_or_in_a_column(string tagged, string? column)
    {
        await using var world = await StartAsync(TagSourceKind.UnityCatalog);
        world.Tagged.Set(tagged, "pii", column);

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.DoesNotContain("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table), StringComparison.Ordinal);
        if (column is not null)
        {
            // What the table's policy gives, and the tag's takes away for one column only, is told.
            Assert.Contains(world.ResultOf(task).Gaps, gap => gap is { Direction: GapDirection.Withheld, Principal: "ann@corp.com", Privilege: "SELECT" });
        }
    }

    [Fact]
    public async Task What_carries_no_such_tag_is_given_and_a_tag_assigned_later_is_seen_by_the_next_run()
    {
        await using var world = await StartAsync(TagSourceKind.UnityCatalog);
        world.Tagged.Set(Table, "public"); // which no policy names
        world.Tagged.Set("table main.sales.other", "pii");
        await world.RunAsync(Table);
        Assert.Contains("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table), StringComparison.Ordinal);

        world.Tagged.Set("schema main.sales", "pii");
        await world.RunAsync(Table);

        Assert.DoesNotContain("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TagSourceKind.Ranger, Given, Denied)]
    [InlineData(TagSourceKind.UnityCatalog, Given)]
    [InlineData(TagSourceKind.Both, Given)]
    public async Task Where_tags_change_nothing_nobody_asks_for_them(TagSourceKind source, params string[] policies)
    {
        await using var world = await StartAsync(source, policies);

        await world.RunAsync(Table);

        Assert.Empty(world.Tagged.Reads);
    }

    [Fact]
    public async Task Tags_that_cannot_be_read_now_are_waited_for_and_nothing_is_given_before()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, TagSourceKind.Both, [Given, Denied]));
        world.Tagged.Failure = new SyncException(SyncErrorCode.Unavailable, "no answer");
        var task = await world.SubmitAsync(Table);
        await world.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5));
        Assert.Empty(world.Catalog.Writes);

        world.Tagged.Failure = null;

        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id, TimeSpan.FromSeconds(5))).Status);
    }

    [Fact]
    public async Task Tags_that_may_not_be_read_fail_their_securable_and_change_nothing()
    {
        await using var world = await StartAsync(TagSourceKind.UnityCatalog);
        world.Tagged.Failure = new SyncException(SyncErrorCode.PermissionDenied, "not allowed");

        var task = await world.RunAsync(Table);

        Assert.Equal((SyncTaskStatus.Failed, SyncErrorCode.PermissionDenied), (task.Status, task.Failures[0].Code));
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_walk_reads_a_parent_once_for_all_that_is_below_it()
    {
        await using var world = await StartAsync(TagSourceKind.UnityCatalog);
        world.Catalog.Add([.. Enumerable.Range(0, 60).Select(n => $"table main.sales.t{n}")]);

        await world.RunAsync("schema main.sales");

        // The schema's own run, the runs of USE around it, and one reading for all 61 tables.
        Assert.InRange(world.Tagged.Reads.Count(read => read == "schema main.sales"), 2, 4);
        Assert.Equal(61, world.Tagged.Reads.Count(read => read.StartsWith("table", StringComparison.Ordinal)));
    }

    private static Task<World> StartAsync(TagSourceKind source, params string[] policies) =>
        World.StartAsync(world => Arrange(world, source, policies.Length > 0 ? policies : [Given, Denied]));

    private static void Arrange(World world, TagSourceKind source, string[] policies)
    {
        world.Catalog.Add(Table);
        world.TagsOptions.Source = source;
        world.Policies.Set(1, policies);
    }
}
