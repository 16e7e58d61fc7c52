using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Errors;
using PolicySync.Core.Reports;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Who has access to a securable, by which path, and what policy says about it.</summary>
public sealed class AskingAboutAccess
{
    private const string Table = "table c.s.t";

    [Fact]
    public async Task A_member_of_a_granted_group_has_the_privilege_by_the_grant_of_its_policy_and_task()
    {
        await using var world = await StartAsync();
        var task = await world.RunAsync(Table);

        var report = await AskAsync(world, new AccessQuery());

        var ann = Assert.Single(report.Principals, principal => principal.Principal == "ann@corp.com");
        var select = Assert.Single(ann.Privileges);
        var path = Assert.Single(select.Paths);
        Assert.Equal(
            ("SELECT", AccessPath.Grant, "staff", true, GrantOrigin.Ours, 1L, task.Id.ToString()),
            (select.Privilege, path.Path, path.Grantee, path.Membership, path.Origin, path.PolicyId, path.TaskId));
        Assert.Equal((PolicyVerdict.Allowed, 1L), (select.Policy!.Verdict, select.Policy.PolicyId));
        Assert.Null(select.Difference);
        Assert.Null(ann.MissingUse);
        Assert.Equal(["ann@corp.com", "bob@corp.com", "owner@corp.com", "staff"], report.Principals.Select(principal => principal.Principal));
    }

    [Fact]
    public async Task A_grant_of_another_party_that_no_policy_gives_is_exposed()
    {
        await using var world = await StartAsync();
        await world.RunAsync(Table);
        world.Catalog.Grant(Table, "cid@corp.com", "MODIFY");

        var report = await AskAsync(world, new AccessQuery { Principal = "Cid@corp.com" });

        var cid = Assert.Single(report.Principals);
        var modify = Assert.Single(cid.Privileges);
        Assert.Equal((GrantOrigin.Foreign, GapDirection.Exposed, PolicyVerdict.NotAllowed),
            (Assert.Single(modify.Paths).Origin, modify.Difference, modify.Policy!.Verdict));
        Assert.Equal(["USE_CATALOG", "USE_SCHEMA"], cid.MissingUse!.Select(use => use.Privilege));
        Assert.Contains(report.Gaps, gap => gap is { Code: GapCode.ForeignGrant, Principal: "cid@corp.com" });
    }

    [Fact]
    public async Task A_privilege_that_a_container_hands_down_names_the_container_and_the_policy_that_gave_it_there()
    {
        await using var world = await StartAsync("schema c.s select bob@corp.com");
        await world.RunAsync("schema c.s");

        var report = await AskAsync(world, new AccessQuery { Principal = "bob@corp.com", Privilege = "SELECT" });

        var select = Assert.Single(Assert.Single(report.Principals).Privileges);
        var above = Assert.Single(select.Paths, path => path.Path == AccessPath.Inherited);
        Assert.Equal(("schema", "c.s", GrantOrigin.Ours), (above.Type, above.FullName, above.Origin));
        Assert.Null(select.Difference);
    }

    [Fact]
    public async Task ALL_PRIVILEGES_is_told_as_each_privilege_that_it_comes_with()
    {
        await using var world = await StartAsync();
        world.Catalog.Grant(Table, "cid@corp.com", "ALL_PRIVILEGES");

        var cid = Assert.Single((await AskAsync(world, new AccessQuery { Principal = "cid@corp.com" })).Principals);

        Assert.Contains("SELECT", cid.Privileges.Select(one => one.Privilege));
        Assert.DoesNotContain("MANAGE", cid.Privileges.Select(one => one.Privilege));
        Assert.All(cid.Privileges, one => Assert.Equal("ALL_PRIVILEGES", Assert.Single(one.Paths).Granted));
    }

    [Fact]
    public async Task A_denied_member_that_has_it_by_another_grant_is_exposed_with_the_policy_that_denies()
    {
        await using var world = await StartAsync($"deny {Table} select ann@corp.com");
        world.Catalog.Grant(Table, "staff", "SELECT");

        var ann = Assert.Single((await AskAsync(world, new AccessQuery { Principal = "ann@corp.com" })).Principals);

        var select = Assert.Single(ann.Privileges);
        Assert.Equal((PolicyVerdict.Denied, 2L, GapDirection.Exposed), (select.Policy!.Verdict, select.Policy.PolicyId, select.Difference));
    }

    [Fact]
    public async Task Pages_list_each_principal_once_and_only_the_first_has_gaps_and_changes()
    {
        await using var world = await StartAsync();
        for (var n = 0; n < 10; n++)
        {
            world.Catalog.Grant(Table, $"user{n}@corp.com", "SELECT");
        }

        var found = new List<string>();
        AccessReport page;
        string? after = null;
        do
        {
            page = await AskAsync(world, new AccessQuery { Count = 4, After = after });
            Assert.Equal(after is null, page.Gaps.Count > 0);
            Assert.Equal(after is null, page.Changes.Count > 0);
            found.AddRange(page.Principals.Select(principal => principal.Principal));
            after = page.After;
        }
        while (after is not null);

        Assert.Equal(11, found.Count);
        Assert.Equal(found.Order(StringComparer.Ordinal).Distinct(), found);
    }

    [Fact]
    public async Task A_question_writes_nothing_and_reads_what_a_verify_reads()
    {
        await using var world = await StartAsync();
        await world.RunAsync("catalog other"); // accepts the policies
        world.Catalog.Forget();
        var written = world.States.Writes;

        var report = await AskAsync(world, new AccessQuery());

        Assert.Empty(world.Catalog.Writes);
        Assert.Equal(written, world.States.Writes);
        Assert.Equal(world.Catalog.Calls.Count, report.Calls);
        Assert.InRange(report.Calls, 3, 5);
    }

    [Fact]
    public async Task A_question_about_what_does_not_exist_has_the_error_of_a_run()
    {
        await using var world = await StartAsync();

        var reply = await ReplyAsync(world, "table c.s.none", new AccessQuery());

        Assert.Equal(SyncErrorCode.SecurableNotFound, reply.Result!.Error!.Code);
        Assert.Null(reply.Access);
    }

    private static Task<World> StartAsync(params string[] more) => World.StartAsync(world =>
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, [$"{Table} select @staff", .. more]);
    });

    private static async Task<AccessReport> AskAsync(World world, AccessQuery query) => (await ReplyAsync(world, Table, query)).Access!;

    private static Task<RunReply> ReplyAsync(World world, string securable, AccessQuery query) => new SecurableQuestions(world.Cluster.Client, world.Time)
        .AskAsync("test", Support.Resources.Parse(securable), "ann", request => request with { Access = query }, CancellationToken.None);
}
