using PolicySync.Core.Access;
using PolicySync.Core.Errors;
using PolicySync.Core.Explaining;
using PolicySync.Core.Options;
using PolicySync.Core.Reports;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Why a principal has a privilege, or does not have it: policy, Unity Catalog and the difference together.</summary>
public sealed class AskingWhy
{
    private const string Table = "table c.s.t";

    [Fact]
    public async Task A_member_of_a_granted_group_has_it_by_that_grant_and_there_is_no_difference()
    {
        await using var world = await StartAsync();
        var task = await world.RunAsync(Table);

        var explained = await AskAsync(world, "ann@corp.com");

        Assert.Equal((PolicyAnswer.Allowed, 1L, null), (explained.Policy.Decision, explained.Policy.PolicyId, explained.Difference));
        var path = Assert.Single(explained.UnityCatalog!.Paths);
        Assert.Equal((AccessPath.Grant, "staff", GrantOrigin.Ours, 1L, task.Id.ToString()), (path.Path, path.Grantee, path.Origin, path.PolicyId, path.TaskId));
        Assert.Equal(["staff"], path.Members.Select(link => link.Name));
        Assert.Empty(explained.Changes);
    }

    [Fact]
    public async Task What_a_sync_would_grant_is_withheld_until_then_and_is_among_the_changes()
    {
        await using var world = await StartAsync();

        var explained = await AskAsync(world, "ann@corp.com");

        Assert.Equal((PolicyAnswer.Allowed, false, GapDirection.Withheld), (explained.Policy.Decision, explained.UnityCatalog!.Has, explained.Difference));
        Assert.Equal([(ChangeAction.Grant, "staff", "SELECT")], explained.Changes.Select(change => (change.Action, change.Principal!, change.Privilege!)));
        Assert.EndsWith("Unity Catalog does not give it; a sync changes that", explained.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_member_that_has_it_by_the_grant_of_another_party_is_exposed_with_its_gap()
    {
        await using var world = await StartAsync($"deny {Table} select ann@corp.com");
        await world.RunAsync(Table);
        world.Catalog.Grant(Table, "staff", "SELECT");

        var explained = await AskAsync(world, "ann@corp.com");

        Assert.Equal((PolicyAnswer.NotAllowed, ExplainedVerdict.Denied, 2L), (explained.Policy.Decision, explained.Policy.Verdict, explained.Policy.PolicyId));
        Assert.Equal(GapDirection.Exposed, explained.Difference);
        Assert.Equal(GrantOrigin.Foreign, Assert.Single(explained.UnityCatalog!.Paths).Origin);
        Assert.Contains(explained.Gaps, gap => gap is { Code: GapCode.ForeignGrant, Direction: GapDirection.Exposed, Principal: "staff" });
    }

    [Fact]
    public async Task The_owner_has_it_by_ownership_and_that_is_no_difference_where_no_policy_denies()
    {
        await using var world = await StartAsync();

        var explained = await AskAsync(world, "owner@corp.com");

        Assert.Equal((PolicyAnswer.NotAllowed, true, null), (explained.Policy.Decision, explained.UnityCatalog!.Has, explained.Difference));
        Assert.Equal(AccessPath.Ownership, Assert.Single(explained.UnityCatalog.Paths).Path);
    }

    [Fact]
    public async Task A_grant_on_a_container_that_policy_wants_there_is_no_difference()
    {
        await using var world = await StartAsync("schema c.s select bob@corp.com");
        await world.RunAsync("schema c.s");

        var explained = await AskAsync(world, "bob@corp.com");

        Assert.Null(explained.Difference);
        Assert.Contains(explained.UnityCatalog!.Paths, path => (path.Path, path.Type, path.FullName) == (AccessPath.Inherited, "schema", "c.s"));
    }

    [Fact]
    public async Task A_grant_on_a_container_against_policy_is_exposed_with_its_gap_although_no_run_is_made_there()
    {
        await using var world = await StartAsync();
        await world.RunAsync(Table);
        world.Catalog.Grant("schema c.s", "cid@corp.com", "SELECT");

        var explained = await AskAsync(world, "cid@corp.com");

        Assert.Equal(GapDirection.Exposed, explained.Difference);
        Assert.Contains(explained.Gaps, gap => gap is { Code: GapCode.InheritedAccess, Principal: "cid@corp.com", Privilege: "SELECT" });
    }

    [Fact]
    public async Task USE_that_a_sync_would_revoke_after_the_children_is_among_the_changes()
    {
        await using var world = await StartAsync();
        world.Sync.Mode = SyncMode.Exact;
        world.Catalog.Grant("schema c.s", "cid@corp.com", "USE_SCHEMA");

        var reply = await ReplyAsync(world, "schema c.s", new ExplainQuestion("cid@corp.com", "USE_SCHEMA"));

        Assert.Contains(reply.Explanation!.Changes, change => change is { Action: ChangeAction.Revoke, Principal: "cid@corp.com", Privilege: "USE_SCHEMA" });
    }

    [Fact]
    public async Task A_principal_that_is_not_listed_is_explained_with_a_note()
    {
        await using var world = await StartAsync();

        var explained = await AskAsync(world, "stranger@corp.com");

        Assert.Equal((PolicyAnswer.NotAllowed, false), (explained.Policy.Decision, explained.UnityCatalog!.Has));
        Assert.Contains(explained.Notes, note => note.StartsWith("the directory does not list `stranger@corp.com`", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_question_writes_nothing_and_reads_what_a_verify_reads()
    {
        await using var world = await StartAsync();
        await world.RunAsync("catalog other"); // accepts the policies
        world.Catalog.Forget();
        var written = world.States.Writes;

        await AskAsync(world, "ann@corp.com");

        Assert.Empty(world.Catalog.Writes);
        Assert.Equal(written, world.States.Writes);
        Assert.InRange(world.Catalog.Calls.Count, 3, 5);
    }

    [Fact]
    public async Task Two_questions_at_a_time_get_each_its_own_answer()
    {
        await using var world = await StartAsync();

        var answers = await Task.WhenAll(AskAsync(world, "ann@corp.com"), AskAsync(world, "owner@corp.com"), AskAsync(world, "staff"));

        Assert.Equal(["ann@corp.com", "owner@corp.com", "staff"], answers.Select(answer => answer.Principal.Name));
    }

    [Theory]
    [InlineData("table c.s.none", "SELECT", SyncErrorCode.SecurableNotFound)]
    [InlineData(Table, "USE_SCHEMA", SyncErrorCode.Unsupported)]
    [InlineData(Table, "SELCT", SyncErrorCode.Unsupported)]
    public async Task A_question_that_has_no_answer_has_the_error_of_a_run(string securable, string privilege, SyncErrorCode code)
    {
        await using var world = await StartAsync();

        var reply = await ReplyAsync(world, securable, new ExplainQuestion("ann@corp.com", privilege));

        Assert.Equal((code, null), (reply.Result!.Error!.Code, reply.Explanation));
    }

    private static Task<World> StartAsync(params string[] more) => World.StartAsync(world =>
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, [$"{Table} select @staff", .. more]);
    });

    private static async Task<Explanation> AskAsync(World world, string principal) =>
        (await ReplyAsync(world, Table, new ExplainQuestion(principal, "SELECT"))).Explanation!;

    private static Task<RunReply> ReplyAsync(World world, string securable, ExplainQuestion question) => new SecurableQuestions(world.Cluster.Client, world.Time)
        .AskAsync("test", Support.Resources.Parse(securable), "ann", request => request with { Explain = question }, CancellationToken.None);
}
