using PolicySync.Core.Access;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.RowFiltersAndMasks.Tests.Support;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>Who reads what when policy no longer wants what a guard restricts, and some can still read.</summary>
[Collection(LabTests.Name)]
public sealed class WhatGuardsKeep(Lab lab)
{
    private static readonly Dictionary<string, ToldFunction> NothingTold = [];

    [Fact]
    public async Task Whom_a_guard_restricts_and_policy_does_not_let_read_sees_what_they_saw_and_nobody_else_less()
    {
        var before = New("#eu", "dan@x.com", "ann@x.com").Filter(("#eu", "Region = 'EU'")).Mask("ssn", ("#eu", "MASK"), ("ann@x.com", "MASK_NULL"));
        var made = await StartAsync(before);
        var bob = await ReadAsync(before, "Bob@X.com");

        await KeepAsync(New("dan@x.com", "ann@x.com"), made, ["#eu", "dan@x.com", "ann@x.com", "cat@x.com"]);

        Assert.Equal("1|EU|Xxn-nn|1999-05-06 / 4|EU|xxx|1970-01-01", bob);
        Assert.Equal(bob, await ReadAsync(before, "Bob@X.com"));
        Assert.Equal(bob, await ReadAsync(before, "eve@x.com")); // by a nested group
        Assert.StartsWith("1|EU|Ab1-23", await ReadAsync(before, "dan@x.com"));
        Assert.StartsWith("1|EU|Ab1-23", await ReadAsync(before, "ann@x.com")); // policy lets ann read, and unmasked
        Assert.StartsWith("1|EU|Ab1-23", await ReadAsync(before, "cat@x.com")); // never restricted
    }

    [Fact]
    public async Task What_several_changes_took_away_stays_and_goes_with_the_access()
    {
        var first = New("#eu", "dan@x.com").Filter(("#eu", "Region = 'EU'")).Mask("ssn", ("#eu", "MASK"));
        var made = await StartAsync(first);

        await KeepAsync(New("dan@x.com").Filter(("#eu", "id < 3")), made, ["#eu"]);
        Assert.Equal("1|EU|Xxn-nn|1999-05-06", await ReadAsync(first, "Bob@X.com"));

        await KeepAsync(New("dan@x.com").Mask("ssn", ("#eu", "MASK_SHOW_LAST_4")), made, ["#eu"]);
        Assert.Equal("1|EU|NULL|1999-05-06", await ReadAsync(first, "Bob@X.com")); // neither of the two masks shows the other's value

        await KeepAsync(New("dan@x.com").Mask("ssn", ("#eu", "MASK")), made, ["#eu"]);
        await KeepAsync(New("dan@x.com"), made, ["dan@x.com"]);
        Assert.Empty(made);
        Assert.StartsWith("1|EU|Ab1-23", await ReadAsync(first, "Bob@X.com"));
    }

    [Fact]
    public async Task Policies_that_go_to_and_fro_do_not_make_guards_grow()
    {
        var with = New("dan@x.com").Filter(("#eu", "Region = 'EU'")).Mask("ssn", ("#eu", "MASK"));
        var made = await StartAsync(with);
        await KeepAsync(New("dan@x.com"), made, ["#eu"]);
        var kept = made.Select(function => function.FullName).ToHashSet();

        for (var i = 0; i < 3; i++)
        {
            await KeepAsync(with, made, ["#eu"]);
            await KeepAsync(New("dan@x.com"), made, ["#eu"]);
        }

        Assert.Equal(kept, made.Select(function => function.FullName).ToHashSet());
    }

    [Fact]
    public async Task A_column_that_is_gone_hides_what_asked_for_it()
    {
        var before = New("#eu", "dan@x.com").Filter(("#eu", "Region = 'EU'"));
        var made = await StartAsync(before);
        var shape = await lab.ReadShapeAsync(before);
        var without = shape with { Columns = [.. shape.Columns.Where(column => column.Name != "Region")] };

        var guards = New("dan@x.com").Compile(without).Keep(made, NothingTold, Keeping(New("dan@x.com"), without, ["#eu"]));

        var create = GuardPlan.Of(guards, made).Statements.Single(statement => statement.Makes is not null).Sql;
        Assert.Contains("WHEN is_account_group_member('eu') THEN FALSE", create);
    }

    [Fact]
    public async Task A_function_of_which_nothing_is_remembered_tells_itself_what_it_restricts_if_its_text_is_that_of_its_name()
    {
        var before = New("#eu", "dan@x.com").Filter(("#eu", "Region = 'EU'")).Mask("ssn", ("#eu", "MASK"));
        await StartAsync(before);
        var shape = await lab.ReadShapeAsync(before);
        var told = new Dictionary<string, ToldFunction>();
        foreach (var name in before.Compile(shape).Attached)
        {
            told[name] = (await lab.Guards.GetFunctionAsync(name, lab.Meter, default))!;
        }

        var bob = await ReadAsync(before, "Bob@X.com");
        await KeepAsync(New("dan@x.com"), [], ["#eu", "cat@x.com"], told);

        Assert.Equal(bob, await ReadAsync(before, "Bob@X.com"));
        Assert.StartsWith("1|EU|Ab1-23", await ReadAsync(before, "cat@x.com"));
    }

    [Fact]
    public async Task What_nobody_can_vouch_for_hides_from_all_whom_policy_does_not_let_read()
    {
        var before = New("#eu", "dan@x.com").Filter(("#eu", "Region = 'EU'")).Mask("ssn", ("#eu", "MASK"));
        await StartAsync(before);

        await KeepAsync(New("dan@x.com"), [], ["cat@x.com"]);

        Assert.Equal("", await ReadAsync(before, "cat@x.com"));
        Assert.StartsWith("1|EU|Ab1-23", await ReadAsync(before, "dan@x.com"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task By_chance_nobody_whom_policy_does_not_let_read_ever_sees_what_they_did_not_before(int seed)
    {
        const int people = 8, changes = 5;
        for (var i = 0; i < people; i++)
        {
            var random = new Random((seed * 1_000) + i);
            var made = new List<MadeFunction>();
            var cases = RandomCase.New((seed * 1_000) + i);
            var @case = cases.Policies();
            await lab.PrepareAsync(@case, Data.People);
            var before = @case.Account.Users.ToDictionary(user => user, _ => new List<string?[]>());
            for (var change = 0; change < changes; change++)
            {
                var given = @case.Account.Users.Where(_ => random.Next(3) == 0).ToList();
                var standing = @case.Account.Users.Concat(@case.Account.Groups.Where(group => !group.IsLocal).Select(group => "#" + group.Name))
                    .Where(_ => random.Next(3) == 0).ToList();
                var next = cases.Policies();
                if (change > 0)
                {
                    await KeepAsync(next, made, standing, NothingTold, given);
                }
                else
                {
                    await lab.ApplyAsync(next, made);
                }

                foreach (var user in @case.Account.Users)
                {
                    var reads = await lab.ReadAsync(@case, user) ?? [];
                    var stands = standing.Any(one => one == user || (one[0] == '#' && @case.Directory.GroupsOfUser(user).Contains(one[1..])));
                    var more = Cells(reads).Except(Cells(before[user]).SelectMany(Images)).ToList();
                    Assert.True(change == 0 || given.Contains(user) || !stands || (more.Count == 0 && reads.Count <= before[user].Count),
                        $"seed {(seed * 1_000) + i}, change {change}: {user} reads {Data.Show(reads)} after {Data.Show(before[user])}");
                    before[user] = reads;
                }
            }
        }
    }

    private static IEnumerable<(int Column, string Value)> Cells(List<string?[]> rows) =>
        rows.SelectMany(row => row.Select((value, i) => (i, value))).Where(cell => cell.value is not null).Select(cell => (cell.i, cell.value!));

    // Whoever saw a value may see it masked.
    private static IEnumerable<(int Column, string Value)> Images((int Column, string Value) cell) =>
        RandomCase.Masks.Select(mask => mask.Of(cell.Value)).OfType<string>().Select(value => (cell.Column, value));

    private async Task<List<MadeFunction>> StartAsync(Case @case)
    {
        var made = new List<MadeFunction>();
        await lab.PrepareAsync(@case, Data.People);
        await lab.ApplyAsync(@case, made);
        return made;
    }

    // Brings the guards to what the case wants, for as long as those read who stand.
    private async Task KeepAsync(
        Case @case, List<MadeFunction> made, List<string> standing, Dictionary<string, ToldFunction>? told = null, List<string>? given = null)
    {
        var plan = await PlanAsync();
        foreach (var statement in plan.Statements)
        {
            await lab.RunAsync(statement);
        }

        made.Clear();
        made.AddRange(plan.Kept.Select(function => function with { Content = GuardContent.Parse(function.Content?.ToText()) }));
        Assert.True(plan.Shows(await lab.ReadShapeAsync(@case)), "what was set is not shown");
        Assert.Empty((await PlanAsync()).Statements);

        async Task<GuardPlan> PlanAsync()
        {
            var shape = await lab.ReadShapeAsync(@case);
            var guards = @case.Compile(shape);
            return GuardPlan.Of(guards.Keep(made, told ?? NothingTold, Keeping(@case, shape, standing, given)), made);
        }
    }

    private static GuardKeeping Keeping(Case @case, TableShape shape, List<string> standing, List<string>? given = null) => new()
    {
        Directory = @case.Directory,
        Readers = [.. standing.Select(who => new StandingReader(who.TrimStart('#'), AccessPath.Grant, "SELECT", shape.Facts.Securable))],
        Given = given is null ? @case.Desired(shape, @case.Compile(shape)).Grants
            : [.. given.Select(who => new DesiredGrant(who, "SELECT", null, null))],
    };

    private static Case New(params string[] readers)
    {
        var account = new Account();
        account.Users.AddRange(["ann@x.com", "Bob@X.com", "cat@x.com", "dan@x.com", "eve@x.com"]);
        account.Groups.Add(("inner", ["eve@x.com"], false));
        account.Groups.Add(("eu", ["Bob@X.com", "inner"], false));
        return new Case { Account = account }.Allow(readers);
    }

    private async Task<string> ReadAsync(Case @case, string user) => Data.Show(await lab.ReadAsync(@case, user));
}
