using PolicySync.Core.Guards;
using PolicySync.Core.Tasks;
using PolicySync.RowFiltersAndMasks.Tests.Support;
using PolicySync.Ranger.Model;
using Xunit.Abstractions;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>
/// With <c>Sync:MaskDeniedColumns</c> a column that policy denies to somebody who may read the table is NULL for them, and for
/// nobody else.
/// </summary>
[Collection(LabTests.Name)]
public sealed class DeniedColumns(Lab lab, ITestOutputHelper output)
{
    private static readonly int Cases = int.Parse(Environment.GetEnvironmentVariable("GUARD_CASES") ?? "120");
    private static readonly int FirstSeed = int.Parse(Environment.GetEnvironmentVariable("GUARD_SEED") ?? "1");

    /// <summary>Policies on <c>ssn</c> beside one that lets everybody read the table; who then does not see it.</summary>
    public static TheoryData<string, string[]> Policies() => new()
    {
        { "-ann@x.com", ["ann@x.com"] },
        { "-#g", ["ann@x.com", "bob@x.com"] }, // bob by h, which is in g
        { "-#h", ["bob@x.com"] },
        { "-%r", ["bob@x.com", "cat@x.com"] },
        { "-#g ~-bob@x.com", ["ann@x.com"] },
        { "-#g ~-#h", ["ann@x.com"] },
        { "-#public ~-cat@x.com", ["ann@x.com", "bob@x.com"] },
        { "-#local", ["cat@x.com"] },
        { "-#remembered", ["ann@x.com"] },
        { "+#g only", ["cat@x.com"] },
        { "+#g ~+#h only", ["bob@x.com", "cat@x.com"] },
        { "-#g ; override +bob@x.com", ["ann@x.com"] },
        { "override -#g ; +bob@x.com", ["ann@x.com", "bob@x.com"] },
        { "-{USER}", ["ann@x.com", "bob@x.com", "cat@x.com"] },
        { "-{OWNER}", [] },
        { "-nobody@x.com", [] },
        { "-#unlisted", [] },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_column_is_NULL_for_exactly_those_to_whom_it_is_denied(string policies, string[] denied)
    {
        var @case = People().Allow("#public");
        foreach (var policy in policies.Split(" ; "))
        {
            @case.Add(Read(policy), "ssn");
        }

        var (desired, _) = await StartAsync(@case);

        Assert.Equal(["account users"], desired.Grants.Select(grant => grant.Principal));
        Assert.DoesNotContain(desired.Gaps, gap => gap.Code == GapCode.ColumnNotExpressible);
        foreach (var user in @case.Account.Users)
        {
            var expected = denied.Contains(user) ? "1|EU|NULL|1999-05-06" : "1|EU|Ab1-23|1999-05-06";
            Assert.StartsWith(expected, Data.Show(await lab.ReadAsync(@case, user)));
        }
    }

    [Fact]
    public async Task Who_joins_a_denied_group_after_the_sync_does_not_see_the_column_either()
    {
        var @case = People().Allow("#public").Add(Read("-#g"), "ssn");
        await StartAsync(@case);

        await lab.AdminAsync(HttpMethod.Post, "principals", System.Text.Json.Nodes.JsonNode.Parse("""{"members":[{"group":"h","add":["cat@x.com"]}]}"""));

        Assert.StartsWith("1|EU|NULL", Data.Show(await lab.ReadAsync(@case, "cat@x.com")));
    }

    [Fact]
    public async Task A_denial_goes_before_masks_and_beside_filters()
    {
        var @case = People().Allow("#public").Add(Read("-ann@x.com"), "ssn").Filter(("ann@x.com", "id = 2"))
            .Mask("ssn", ("ann@x.com", "MASK_NONE"), ("bob@x.com", "MASK"), ("#public", "MASK_NULL"));
        await StartAsync(@case);

        Assert.Equal("2|US|NULL|2001-11-30", Data.Show(await lab.ReadAsync(@case, "ann@x.com")));
        Assert.StartsWith("1|EU|Xxn-nn", Data.Show(await lab.ReadAsync(@case, "bob@x.com")));
        Assert.StartsWith("1|EU|NULL", Data.Show(await lab.ReadAsync(@case, "cat@x.com")));
    }

    [Fact]
    public async Task A_column_in_a_security_zone_of_its_own_is_shown_to_those_whom_the_zone_gives_it()
    {
        var @case = People().Allow("#public").AddZone("z", "ssn", Read("+#g"));
        var (desired, _) = await StartAsync(@case);

        Assert.Equal(["account users"], desired.Grants.Select(grant => grant.Principal));
        Assert.StartsWith("1|EU|Ab1-23", Data.Show(await lab.ReadAsync(@case, "bob@x.com")));
        Assert.StartsWith("1|EU|NULL", Data.Show(await lab.ReadAsync(@case, "cat@x.com")));
    }

    [Fact]
    public async Task A_mask_that_cannot_be_used_does_not_keep_from_the_table_whom_the_column_is_denied_to()
    {
        var @case = People().Allow("#public").Add(Read("-ann@x.com"), "ssn").Mask("ssn", ("ann@x.com", "CUSTOM:nonsense ;"), ("bob@x.com", "CUSTOM:nonsense ;"));
        await StartAsync(@case);

        Assert.StartsWith("1|EU|NULL", Data.Show(await lab.ReadAsync(@case, "ann@x.com")));
        Assert.Equal("refused", Data.Show(await lab.ReadAsync(@case, "bob@x.com")));
    }

    [Fact]
    public async Task Only_reading_is_masked_what_else_is_denied_on_a_column_stays_withheld()
    {
        var @case = People().Add(new RangerPolicy { PolicyItems = [Item("#public", "select", "modify")] }, "*")
            .Add(new RangerPolicy { DenyPolicyItems = [Item("ann@x.com", "select", "modify")] }, "ssn");
        var (desired, _) = await StartAsync(@case);

        Assert.Contains(desired.Grants, grant => grant is { Principal: "account users", Privilege: "SELECT" });
        Assert.DoesNotContain(desired.Grants, grant => grant.Privilege == "MODIFY" && grant.Principal is "account users" or "ann@x.com");
        Assert.Contains(desired.Gaps, gap => gap is { Code: GapCode.GroupExpanded or GapCode.GroupWithheld, Privilege: "MODIFY" });
    }

    [Theory]
    [InlineData("off")]
    [InlineData("no guards")]
    [InlineData("fault")]
    [InlineData("type")]
    [InlineData("view")]
    [InlineData("members unknown")]
    [InlineData("too many groups")]
    [InlineData("mask of others")]
    public async Task Where_it_cannot_be_masked_SELECT_is_withheld_as_ever_and_told(string why)
    {
        var account = People().Account;
        if (why == "members unknown")
        {
            account.Groups.Add(("open", ["stranger"], true));
        }

        var groups = Enumerable.Range(0, 11).Select(i => $"n{i}").ToList();
        if (why == "too many groups")
        {
            account.Groups.AddRange(groups.Select(name => (name, new List<string>(), false)));
        }

        var @case = new Case { Account = account, Sync = { MaskDeniedColumns = why != "off" } }.Allow("ann@x.com", "cat@x.com").Add(Read("-ann@x.com"), "ssn");
        @case = why == "members unknown" ? @case.Add(Read("-#open"), "ssn") : @case;
        foreach (var group in why == "too many groups" ? groups : [])
        {
            @case.Add(Read($"-#{group}"), "ssn");
        }

        await lab.PrepareAsync(People(), Data.People, why == "view" ? "VIEW" : "MANAGED");
        if (why == "mask of others")
        {
            await lab.RunAsync("CREATE FUNCTION main.sales.others(v string) RETURNS string RETURN v");
            await lab.RunAsync("ALTER TABLE main.sales.people ALTER COLUMN ssn SET MASK main.sales.others");
        }

        var shape = await lab.ReadShapeAsync(@case);
        shape = why == "type" ? shape with { Columns = [.. shape.Columns.Select(column => column with { TypeText = column.Name == "ssn" ? "geography(4326)" : column.TypeText })] } : shape;
        var guards = @case.Compile(shape, why == "fault" ? "the warehouse is gone" : null);
        var desired = @case.Desired(shape, why is "no guards" or "view" ? null : guards);

        Assert.Equal(["cat@x.com"], desired.Grants.Select(grant => grant.Principal));
        Assert.Contains("?COLUMN_NOT_EXPRESSIBLE ann@x.com 2", Case.Show(desired.Gaps));
        Assert.Equal(why != "off", GuardCompiler.AreWanted(@case.Inputs, shape.Facts));
    }

    [Fact]
    public async Task A_denial_that_ends_drops_the_mask_and_one_that_stays_makes_no_statement()
    {
        var (before, after) = (People().Allow("#public").Add(Read("-ann@x.com"), "ssn"), People().Allow("#public"));
        var (_, made) = await StartAsync(before);
        Assert.Empty(GuardPlan.Of(before.Compile(await lab.ReadShapeAsync(before)), made).Statements);
        var change = Assert.Single(GuardPlan.Of(before.Compile(before.Shape(Data.People)), []).Changes);
        Assert.Equal((ChangeAction.SetMask, "ssn", 2L), (change.Action, change.Column, change.PolicyId!.Value));

        var statements = GuardPlan.Of(after.Compile(await lab.ReadShapeAsync(after)), made).Statements;

        Assert.Equal(ChangeAction.DropMask, statements[0].Change!.Action);
        Assert.StartsWith("DROP FUNCTION", statements[1].Sql);
    }

    /// <summary>
    /// Policies and people made by chance: allows, denies, exceptions, deny-all-else, overriding priorities, tags on columns,
    /// nested groups, roles. Who reads a column is asked of the emulator, who may of Ranger's own evaluation.
    /// </summary>
    [Fact]
    public async Task Everybody_reads_the_columns_that_Ranger_lets_them_read_and_no_other()
    {
        var (hidden, shown, withheld) = (0, 0, 0);
        for (var seed = FirstSeed; seed < FirstSeed + Cases; seed++)
        {
            var @case = RandomCase.New(seed).PoliciesWithDenials();
            var (desired, _) = await StartAsync(@case);
            foreach (var user in @case.Account.Users)
            {
                var rows = await lab.ReadAsync(@case, user);
                var mayReadTable = MayRead(@case, user, "*");
                withheld += rows is null && mayReadTable ? 1 : 0;
                Assert.True(rows is null || mayReadTable, $"seed {seed}: {user} reads the table");
                Assert.True(rows is not null || !mayReadTable || desired.Gaps.Any(gap => gap.Direction == GapDirection.Withheld) || !desired.Grants.All(grant => IsKnown(@case, grant.Principal)), $"seed {seed}: {user} does not read the table");
                if (rows is null)
                {
                    continue;
                }

                var mayRead = Data.People.Columns.Select(column => MayRead(@case, user, column.Name)).ToList();
                var expected = Oracle.Read(@case, user, Data.People).ConvertAll(row => row.Select((value, i) => mayRead[i] ? value : null).ToArray());
                Assert.True(Data.Show(expected) == Data.Show(rows), $"seed {seed}, {user}:\n{Data.Show(expected)}\n{Data.Show(rows)}");
                (hidden, shown) = (hidden + mayRead.Count(may => !may), shown + mayRead.Count(may => may));
            }

            // Whoever else gives them SELECT does not thereby show them what is denied.
            await lab.GrantAsync(@case, ["account users"]);
            foreach (var user in @case.Account.Users)
            {
                var rows = (await lab.ReadAsync(@case, user))!;
                foreach (var (column, i) in Data.People.Columns.Select((column, i) => (column.Name, i)).Where(column => IsDeniedOnColumn(@case, user, column.Name)))
                {
                    Assert.True(rows.TrueForAll(row => row[i] is null), $"seed {seed}: {user} reads {column} by a grant of others");
                }
            }
        }

        output.WriteLine($"{Cases} cases from seed {FirstSeed}: {shown} columns shown, {hidden} hidden, the table withheld from {withheld} whom policy lets read it");
        Assert.True(hidden > Cases && shown > Cases && withheld < Cases, "hardly anything was denied, or nearly everything: the cases test nothing");
    }

    // The name `*` is no column's: what is said of all columns is said of it.
    private static bool MayRead(Case @case, string user, string column) =>
        @case.Policies.Engine.Evaluate(@case.RequestOf(user, column)).IsAllowed;

    private static bool IsDeniedOnColumn(Case @case, string user, string column) =>
        @case.Policies.Engine.Evaluate(@case.RequestOf(user, column)) is { IsAllowed: false, PolicyId: not null }
        && @case.Policies.Engine.Evaluate(@case.RequestOf(user, "*")) is { IsAllowed: true };

    private static bool IsKnown(Case @case, string principal) =>
        principal == "account users" || @case.Directory.KindOf(principal) != Core.Principals.PrincipalKind.Unknown;

    private async Task<(Core.Desired.DesiredState Desired, List<MadeFunction> Made)> StartAsync(Case @case)
    {
        await lab.PrepareAsync(@case, Data.People);
        var made = new List<MadeFunction>();
        await lab.ApplyAsync(@case, made);
        var shape = await lab.ReadShapeAsync(@case);
        var desired = @case.Desired(shape, @case.Compile(shape));
        // A name that the account does not know it refuses.
        await lab.GrantAsync(@case, desired.Grants.Where(grant => grant.Privilege == "SELECT").Select(grant => grant.Principal)
            .Where(name => IsKnown(@case, name)));
        return (desired, made);
    }

    /// <summary>bob is in h, which is in g, and cat in a group of the workspace; ann is in g, and in another that only Ranger knows.</summary>
    private static Case People()
    {
        var account = new Account();
        account.Users.AddRange(["ann@x.com", "bob@x.com", "cat@x.com"]);
        account.Groups.Add(("h", ["bob@x.com"], false));
        account.Groups.Add(("g", ["ann@x.com", "h"], false));
        account.Groups.Add(("local", ["cat@x.com"], true));
        account.Store["ann@x.com"] = ["remembered"];
        account.Roles.Add(new RangerRole { Name = "s", Groups = [new() { Name = "h" }] });
        account.Roles.Add(new RangerRole { Name = "r", Roles = [new() { Name = "s" }], Users = [new() { Name = "cat@x.com" }] });
        return new Case { Account = account, Sync = { MaskDeniedColumns = true } };
    }

    // Words with signs: + allows, - denies, ~ excepts from what follows; `only` denies to everybody else.
    private static RangerPolicy Read(string text)
    {
        var policy = new RangerPolicy();
        foreach (var word in text.Split(' '))
        {
            switch (word)
            {
                case "only": policy.IsDenyAllElse = true; break;
                case "override": policy.PolicyPriority = 1; break;
                case ['+', ..]: policy.PolicyItems.Add(Item(word[1..], "select")); break;
                case ['-', ..]: policy.DenyPolicyItems.Add(Item(word[1..], "select")); break;
                case ['~', '+', ..]: policy.AllowExceptions.Add(Item(word[2..], "select")); break;
                default: policy.DenyExceptions.Add(Item(word[2..], "select")); break;
            }
        }

        return policy;
    }

    private static RangerPolicyItem Item(string who, params string[] accesses)
    {
        var item = Case.Named(new RangerPolicyItem(), [who]);
        item.Accesses = [.. accesses.Select(access => new RangerAccess { Type = access })];
        return item;
    }
}
