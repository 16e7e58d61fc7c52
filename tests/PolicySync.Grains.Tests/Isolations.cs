using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>What the server refuses of a change is found and told, and never holds back the rest.</summary>
public sealed class Isolations
{
    private const string Schema = "schema main.sales";
    private const string Table = "table main.sales.orders";
    private const string Name = "main.sales.orders";

    [Fact]
    public async Task A_privilege_that_may_not_be_granted_is_a_gap_and_everybody_gets_the_rest()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Schema);
            world.Sync.ParentUse = false;
            world.Catalog.Refuses = change => change.Add.Contains("EXTERNAL_USE_SCHEMA") ? NotOwner() : null;
            world.Policies.Set(1, $"{Schema} use_schema,select,external_use_schema @g", $"{Schema} use_schema,select u2@corp.com");
        });

        var task = await world.RunAsync(Schema);

        Assert.Equal("g:SELECT,USE_SCHEMA u2@corp.com:SELECT,USE_SCHEMA", world.Catalog.GrantsOn(Schema));
        Assert.Equal((SyncTaskStatus.Success, SyncTaskOutcome.SucceededWithGaps), (task.Status, task.Outcome));
        var gap = Assert.Single(world.Store.ResultsOf(task.Id)[0].Gaps, gap => gap.Code == GapCode.GrantRefused);
        Assert.Equal((GapDirection.Withheld, "g", "EXTERNAL_USE_SCHEMA", 1), (gap.Direction, gap.Principal, gap.Privilege, gap.PolicyId));
        Assert.Contains("User is not an owner of Catalog", gap.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(world.States.Of(Schema)!.Ledger.Entries, entry => entry.Privilege == "EXTERNAL_USE_SCHEMA");
        world.Catalog.Forget();
        world.States.ClearWrites();

        task = await world.RunAsync(Schema);

        Assert.Empty(world.Catalog.Writes);
        Assert.Empty(world.States.Writes);
        Assert.Contains(world.Store.ResultsOf(task.Id)[0].Gaps, gap => gap.Code == GapCode.GrantRefused);
    }

    [Fact]
    public async Task A_privilege_that_alone_is_left_is_still_a_gap_when_it_is_refused_again()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false;
            world.Catalog.Refuses = change => change.Add.Contains("MODIFY") ? NotOwner() : null;
            world.Policies.Set(1, $"{Table} select,modify ann@corp.com");
        });
        await world.RunAsync(Table);
        world.Clock!.Advance(TimeSpan.FromHours(2));

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(("MODIFY", GapCode.GrantRefused), Assert.Single(world.ResultOf(task).Gaps) is var gap ? (gap.Privilege, gap.Code) : default);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Where_nothing_may_be_changed_the_securable_fails_after_few_calls(int users)
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false;
            world.Catalog.Refuses = _ => new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403: User does not have MANAGE on Table");
            world.Policies.Set(1, $"{Table} select,modify {string.Join(',', Users(users))}");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncErrorCode.PermissionDenied, world.ResultOf(task).Error!.Code);
        Assert.InRange(world.Catalog.WritesTo(Name).Count, 1, 8);
        Assert.Null(world.States.Of(Table)!.OpenIntentOf);
        world.Catalog.Refuses = _ => null; // the service got its right: nothing is held against anybody
        Assert.Equal(SyncTaskOutcome.Succeeded, (await world.RunAsync(Table)).Outcome);
        Assert.Contains("user00@corp.com:MODIFY,SELECT", world.Catalog.GrantsOn(Table), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_and_fifty_unknown_groups_hold_up_nobody_and_cost_tens_of_calls()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Directory.Groups.Add("outer", []);
            var ghosts = Enumerable.Range(0, 150).Select(n => $"ghosts{n:000}").ToList();
            world.Catalog.UnknownPrincipals.UnionWith(ghosts);
            world.Policies.Set(1, $"{Table} select {string.Join(',', ghosts.Append("outer").Select(name => "@" + name))}");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal("outer:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal("outer:USE_SCHEMA", world.Catalog.GrantsOn(Schema));
        Assert.Equal(150, world.ResultOf(task).Gaps.Count(gap => gap is { Code: GapCode.PrincipalUnknown, Privilege: "SELECT" }));
        Assert.InRange(world.Catalog.Calls.Count, 1, 60);
        Assert.Equal(["outer"], world.States.Of(Table)!.Ledger.Entries.Select(entry => entry.Principal));
    }

    [Theory]
    [InlineData("PRINCIPAL_DOES_NOT_EXIST")]
    [InlineData("INVALID_PARAMETER_VALUE")]
    public async Task Some_of_many_that_are_refused_without_a_name_are_found_by_halves(string word)
    {
        string[] bad = ["user07@corp.com", "user31@corp.com", "user32@corp.com"];
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false;
            world.Catalog.Refuses = change => bad.Contains(change.Principal)
                ? new SyncException(SyncErrorCode.InvalidPlan, "HTTP 400: somebody cannot be granted this") { ServerCode = word } : null;
            world.Policies.Set(1, $"{Table} select {string.Join(',', Users(64))}");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal(string.Join(' ', Users(64).Except(bad).Select(user => $"{user}:SELECT")), world.Catalog.GrantsOn(Table));
        Assert.Equal(bad, world.ResultOf(task).Gaps.Select(gap => gap.Principal!).Order());
        Assert.All(world.ResultOf(task).Gaps, gap => Assert.Equal("SELECT", gap.Privilege));
        Assert.InRange(world.Catalog.WritesTo(Name).Count, 1, 40);
        Refusals.AssertReadBetweenWrites(world, Name);
        world.Catalog.Forget();
        await world.RunAsync(Table);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task Refused_grants_do_not_hold_back_revokes()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false;
            world.Policies.Set(1, $"{Table} select ann@corp.com");
        });
        await world.RunAsync(Table);
        world.Catalog.Refuses = change => change.Add.Count > 0 ? NotOwner() : null;
        world.Policies.Set(2, $"{Table} select {string.Join(',', Users(20))}");

        var task = await world.RunAsync(Table);

        Assert.Equal("", world.Catalog.GrantsOn(Table));
        Assert.Equal(20, world.ResultOf(task).Gaps.Count(gap => gap is { Code: GapCode.GrantRefused, Direction: GapDirection.Withheld }));
        Assert.InRange(world.Catalog.Calls.Count, 1, 40);
    }

    [Fact]
    public async Task A_revoke_that_is_refused_is_told_as_exposed_and_stays_ours()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false;
            world.Policies.Set(1, $"{Table} select ann@corp.com,bob@corp.com");
        });
        await world.RunAsync(Table);
        world.Catalog.Refuses = change => change.Remove.Count > 0 && change.Principal == "ann@corp.com" ? NotOwner() : null;
        world.Policies.Set(2, $"{Table} select cid@corp.com");

        var task = await world.RunAsync(Table);

        Assert.Equal("ann@corp.com:SELECT cid@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        var gap = Assert.Single(world.ResultOf(task).Gaps);
        Assert.Equal((GapCode.GrantRefused, GapDirection.Exposed, "ann@corp.com", "SELECT"), (gap.Code, gap.Direction, gap.Principal, gap.Privilege));
        Assert.Equal(["ann@corp.com", "cid@corp.com"], world.States.Of(Table)!.Ledger.Entries.Select(entry => entry.Principal));
    }

    [Fact]
    public async Task What_is_refused_with_a_name_in_quotes_costs_one_refusal_each()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false;
            world.Catalog.Refuses = change => change.Principal != "user05@corp.com" ? null
                : new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403") { Subject = "user05@corp.com" };
            world.Policies.Set(1, $"{Table} select,modify {string.Join(',', Users(10))}");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal(2, world.Catalog.WritesTo(Name).Count);
        Assert.Equal(["MODIFY", "SELECT"], world.ResultOf(task).Gaps.Select(gap => gap.Privilege!));
    }

    [Fact]
    public async Task More_refusals_than_one_run_takes_are_told_and_the_next_run_goes_on()
    {
        var even = Users(160).Where((_, n) => n % 2 == 0).ToHashSet();
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false;
            world.Directory.Users.AddRange(Users(160));
            world.Catalog.UnknownPrincipals.UnionWith(even);
            world.Policies.Set(1, $"{Table} select {string.Join(',', Users(160))}");
        });

        var task = await world.RunAsync(Table);
        Assert.Equal(SyncTaskOutcome.SucceededWithGaps, task.Outcome);
        for (var runs = 0; runs < 4; runs++)
        {
            await world.RunAsync(Table);
        }

        Assert.Equal(string.Join(' ', Users(160).Except(even).Select(user => $"{user}:SELECT")), world.Catalog.GrantsOn(Table));
    }

    private static IEnumerable<string> Users(int count) => Enumerable.Range(0, count).Select(n => $"user{n:00}@corp.com").Order(StringComparer.Ordinal);

    private static SyncException NotOwner() => new(SyncErrorCode.PermissionDenied, "HTTP 403: User is not an owner of Catalog 'main'");
}
