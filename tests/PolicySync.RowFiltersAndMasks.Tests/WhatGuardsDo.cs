using PolicySync.Core.Guards;
using PolicySync.Core.Tasks;
using PolicySync.RowFiltersAndMasks.Tests.Support;
using PolicySync.Ranger.Model;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>Policies in, functions out, and who then reads what.</summary>
[Collection(LabTests.Name)]
public sealed class WhatGuardsDo(Lab lab)
{
    private const string Everything = "1|EU|Ab1-23|1999-05-06 / 2|US|Cd2-45|2001-11-30 / 3|NULL|NULL|NULL / 4|EU|xyz|1970-01-01";

    [Fact]
    public async Task The_first_item_that_names_the_reader_decides()
    {
        var @case = New().Filter(("ann@x.com", ""), ("#eu|%reader", "Region = 'EU'"), ("#public", "id > 100"))
            .Mask("ssn", ("ann@x.com", "MASK_NONE"), ("#eu", "MASK"), ("{USER}", "MASK_NULL"));
        await StartAsync(@case);

        Assert.Equal(Everything, await ReadAsync(@case, "ann@x.com"));
        Assert.Equal("1|EU|Xxn-nn|1999-05-06 / 4|EU|xxx|1970-01-01", await ReadAsync(@case, "Bob@X.com"));
        Assert.Equal("1|EU|NULL|1999-05-06 / 4|EU|NULL|1970-01-01", await ReadAsync(@case, "cat@x.com")); // by the role
        Assert.Equal("", await ReadAsync(@case, "dan@x.com"));
    }

    [Fact]
    public async Task A_principal_that_no_filter_or_mask_names_sees_everything()
    {
        var @case = New().Filter(("#eu", "Region = 'EU'")).Mask("ssn", ("#eu", "MASK_NULL"));
        await StartAsync(@case);

        Assert.Equal(Everything, await ReadAsync(@case, "dan@x.com"));
    }

    [Theory]
    [InlineData("MASK", "ssn", "Xxn-nn / Xxn-nn / NULL / xxx")]
    [InlineData("MASK_SHOW_LAST_4", "ssn", "xx1-23 / xx2-45 / NULL / xyz")]
    [InlineData("MASK_SHOW_FIRST_4", "ssn", "Ab1-xx / Cd2-xx / NULL / xyz")]
    [InlineData("MASK_HASH", "id", "NULL / NULL / NULL / NULL")]
    [InlineData("MASK_NULL", "ssn", "NULL / NULL / NULL / NULL")]
    [InlineData("MASK_NONE", "ssn", "Ab1-23 / Cd2-45 / NULL / xyz")]
    [InlineData("MASK_DATE_SHOW_YEAR", "born", "1999-01-01 / 2001-01-01 / NULL / 1970-01-01")]
    [InlineData("MASK_DATE_SHOW_YEAR", "ssn", "NULL / NULL / NULL / NULL")]
    [InlineData("MASK", "born", "NULL / NULL / NULL / NULL")]
    [InlineData("MASK_SHOW_LAST_4", "id", "NULL / NULL / NULL / NULL")]
    [InlineData("CUSTOM:concat({col}, '!', CAST(id AS string))", "ssn", "Ab1-23!1 / Cd2-45!2 / NULL / xyz!4")]
    [InlineData("CUSTOM:CAST('x' || {col} AS {type})", "ssn", "xAb1-23 / xCd2-45 / NULL / xxyz")]
    [InlineData("CUSTOM:ssn", "id", "NULL / NULL / NULL / NULL")] // no number: hidden, and not an error that shows it
    public async Task A_mask_means_for_a_type_what_the_page_says(string mask, string column, string expected)
    {
        var @case = New().Mask(column, ("#public", mask));
        await StartAsync(@case);

        Assert.Equal(expected, Data.Show(await lab.ReadAsync(@case, "ann@x.com", column)));
    }

    [Fact]
    public async Task A_hash_is_SHA_256_in_hexadecimal()
    {
        var @case = New().Mask("ssn", ("#public", "MASK_HASH"));
        await StartAsync(@case);

        Assert.StartsWith("1|EU|3eaf9fa7372795639ebeef29526d305a06dcfeac3c3b393790a6ea45275ab95a|", await ReadAsync(@case, "ann@x.com"));
    }

    [Fact]
    public async Task Policies_for_tags_go_first_and_only_a_higher_priority_overrides_them()
    {
        var normal = New().AddTagged(Case.MaskPolicy(("#eu", "MASK_NULL")), "PII", "ssn").Mask("ssn", ("#eu", "MASK_NONE"));
        await StartAsync(normal);
        Assert.StartsWith("1|EU|NULL", await ReadAsync(normal, "Bob@X.com"));

        var overriding = Case.MaskPolicy(("bob@x.com", "MASK_NONE"));
        overriding.PolicyPriority = 1;
        var higher = New().AddTagged(Case.MaskPolicy(("#eu", "MASK_NULL")), "PII", column: null).Add(overriding, "ssn");
        await StartAsync(higher);
        Assert.StartsWith("NULL|NULL|Ab1-23|NULL", await ReadAsync(higher, "Bob@X.com")); // a tag on the table is on its columns
        Assert.StartsWith("NULL|NULL|NULL|NULL", await ReadAsync(higher, "eve@x.com"));
    }

    [Fact]
    public async Task Groups_that_Databricks_does_not_know_become_their_members()
    {
        var account = People();
        account.Groups.Add(("local", ["dan@x.com"], true));
        account.Store["cat@x.com"] = ["remembered", "eu"];
        var @case = new Case { Account = account }.Allow("#public").Filter(("#local", "id = 1"), ("#remembered", "id = 2"), ("#eu", "id = 4"));
        await StartAsync(@case);

        Assert.StartsWith("1|", await ReadAsync(@case, "dan@x.com"));
        Assert.StartsWith("2|", await ReadAsync(@case, "cat@x.com"));
        Assert.StartsWith("4|", await ReadAsync(@case, "Bob@X.com"));
        Assert.Equal(Everything, await ReadAsync(@case, "ann@x.com"));
    }

    [Theory]
    [InlineData("#ghosts")]
    [InlineData("#many")]
    [InlineData("#unlisted")]
    public void Where_nobody_can_say_who_is_in_a_group_SELECT_is_withheld_from_all_whom_the_guard_should_tell_apart(string group)
    {
        var account = People();
        account.Groups.Add(("many", ["ann@x.com", "bob@x.com", "dan@x.com"], true));
        account.Groups.Add(("unlisted", ["nobody lists me"], true));
        var @case = new Case { Account = account, ExpandUpTo = 2 }.Allow("ann@x.com", "cat@x.com").Mask("ssn", ("ann@x.com", "MASK_NONE"), (group, "MASK_NULL"));
        var shape = @case.Shape(Data.People);

        var desired = @case.Desired(shape, @case.Compile(shape));

        Assert.Equal(["ann@x.com"], desired.Grants.Select(grant => grant.Principal));
        Assert.Contains("?GUARD_UNAVAILABLE cat@x.com 2", Case.Show(desired.Gaps));
    }

    [Theory]
    [InlineData("Region = 'EU'; DROP TABLE x")]
    [InlineData("Region = 'EU' -- x")]
    [InlineData("Region = 'EU' /* x */")]
    [InlineData("Region = 'EU")]
    [InlineData("Region = \"EU")]
    [InlineData("`Region = 'EU'")]
    [InlineData("(Region = 'EU'")]
    [InlineData("Region = 'EU')")]
    [InlineData("Region = 'EU') OR (TRUE")]
    [InlineData("Region = 'EU', TRUE")]
    [InlineData("nothing = 'EU'")]
    [InlineData("t.Region = 'EU'")]
    [InlineData("EXISTS (SELECT 1 FROM other)")]
    [InlineData("id IN (SELECT id FROM other)")]
    [InlineData("id IN (FROM other)")]
    [InlineData("Region = :p")]
    [InlineData("Region = ?")]
    [InlineData("Region = '${env:x}'")]
    [InlineData("Region = '\\'' OR TRUE")]
    [InlineData("Region = '\\\\' OR TRUE OR Region = '\\\\'")]
    [InlineData("main.sales.leak(ssn)")]
    [InlineData("Region = {col}")]
    [InlineData("id = 1x")]
    [InlineData("Region AS x")]
    [InlineData("transform(array(1), x -> x > 0)")]
    [InlineData("Region = 'EU' \u2028 OR TRUE")]
    [InlineData("`Region`('a') = 'EU'")]
    [InlineData("\"upper\"('eu') = Region")]
    [InlineData("`main`.`sales`.`leak`(ssn)")]
    public async Task An_expression_that_is_not_one_over_the_tables_columns_withholds(string filter)
    {
        var @case = New().Filter(("#eu", filter));
        await lab.PrepareAsync(@case, Data.People);
        var shape = await lab.ReadShapeAsync(@case);
        var guards = @case.Compile(shape);

        var desired = @case.Desired(shape, guards);

        Assert.Contains("?CONDITION_UNSUPPORTED bob@x.com 2", Case.Show(desired.Gaps));
        Assert.DoesNotContain(desired.Grants, grant => grant.Principal is "Bob@X.com" or "account users");
        await StartAsync(@case);
        Assert.Equal("", await ReadAsync(@case, "Bob@X.com")); // whoever lets it read all the same
        Assert.Equal(Everything, await ReadAsync(@case, "dan@x.com"));
    }

    [Theory]
    [InlineData("Region = 'EU' AND NOT (id IN (2, 3)) OR ssn LIKE 'x%'")]
    [InlineData("coalesce(`Region`, 'none') <> 'US' AND (born >= DATE '1999-01-01' OR id = 4)")]
    [InlineData("CASE WHEN region = 'EU' THEN TRUE ELSE is_account_group_member('nobody') END")]
    [InlineData("year(CAST(born AS date)) BETWEEN 1960 AND 2000 AND 'a''b' <=> \"a'b\"")]
    public async Task An_expression_that_is_one_is_used(string filter)
    {
        var @case = New().Filter(("#eu", filter));
        await StartAsync(@case);

        Assert.Equal("1|EU|Ab1-23|1999-05-06 / 4|EU|xyz|1970-01-01", await ReadAsync(@case, "Bob@X.com"));
    }

    [Theory]
    [InlineData("secret('scope', 'key') = Region", "secret")]
    [InlineData("Try_Secret('scope', 'key') = Region", "Try_Secret")]
    [InlineData("http_request(conn => 'c') IS NULL", "http_request")]
    [InlineData("ai_query('model', ssn) = 'yes'", "ai_query")]
    [InlineData("ai_mask(ssn, array('person')) = ssn", "ai_mask")]
    [InlineData("java_method('java.lang.System', 'exit', 1) IS NULL", "java_method")]
    [InlineData("reflect('java.util.UUID', 'randomUUID') = ssn", "reflect")]
    [InlineData("rand() < 0.5", "rand")]
    [InlineData("uuid() = ssn", "uuid")]
    [InlineData("raise_error(ssn)", "raise_error")]
    [InlineData("aes_encrypt(ssn, 'k') IS NULL", "aes_encrypt")]
    [InlineData("count(id) > 1", "count")]
    [InlineData("leak(ssn)", "leak")]
    [InlineData("Region = 'EU' AND concat(Region, leak(ssn)) = 'x'", "leak")]
    [InlineData("main.sales.`leak`(ssn)", "main.sales.leak")]
    [InlineData("sales.leak(ssn)", "sales.leak")]
    public async Task A_function_that_is_not_known_to_be_pure_withholds_and_is_named(string filter, string function)
    {
        var @case = New().Filter(("#eu", filter));
        await lab.PrepareAsync(@case, Data.People);
        var shape = await lab.ReadShapeAsync(@case);

        var gaps = @case.Desired(shape, @case.Compile(shape)).Gaps;

        Assert.Contains(gaps, gap => gap.Code == GapCode.ConditionUnsupported && gap.PolicyId == 2
            && gap.Detail.Contains($"`{function}`", StringComparison.Ordinal));
        await StartAsync(@case);
        Assert.Equal("", await ReadAsync(@case, "Bob@X.com"));
    }

    [Fact]
    public async Task Functions_that_the_operator_lists_may_be_called_also_those_of_a_schema()
    {
        var @case = New().Filter(("#eu", "MAIN.sales.`is_eu`(Region)")).Mask("ssn", ("#eu", "CUSTOM:reflect({col})"));
        @case.Sync.AllowedFunctions.Add("main.sales.Is_EU");
        @case.Sync.AllowedFunctions.Add("REFLECT");
        await lab.PrepareAsync(@case, Data.People);
        await lab.RunAsync("CREATE FUNCTION main.sales.is_eu(r string) RETURNS boolean RETURN r = 'EU'");
        var shape = await lab.ReadShapeAsync(@case);
        Assert.DoesNotContain(@case.Desired(shape, @case.Compile(shape)).Gaps, gap => gap.Code == GapCode.ConditionUnsupported);

        var filter = New().Filter(("#eu", "MAIN.sales.`is_eu`(Region)"));
        filter.Sync.AllowedFunctions.Add("main.sales.Is_EU");
        await lab.ApplyAsync(filter, []);

        Assert.Equal("1|EU|Ab1-23|1999-05-06 / 4|EU|xyz|1970-01-01", await ReadAsync(filter, "Bob@X.com"));
    }

    [Fact]
    public async Task A_filter_item_that_cannot_be_evaluated_hides_all_and_withholds()
    {
        var policy = new RangerPolicy
        {
            PolicyType = RangerPolicy.RowFilterType,
            RowFilterPolicyItems = [Case.Named(new RangerRowFilterPolicyItem
            {
                RowFilterInfo = new() { FilterExpr = "id > 0" }, Conditions = [new() { Type = "moon-phase", Values = ["full"] }],
            }, ["#eu"])],
        };
        var @case = New().Add(policy, column: null);
        await lab.PrepareAsync(@case, Data.People);
        var shape = await lab.ReadShapeAsync(@case);

        Assert.DoesNotContain(@case.Desired(shape, @case.Compile(shape)).Grants, grant => grant.Principal == "Bob@X.com");
        await StartAsync(@case);
        Assert.Equal("", await ReadAsync(@case, "Bob@X.com"));
    }

    [Fact]
    public async Task A_guard_of_others_stays_and_those_whom_ours_would_concern_do_not_read()
    {
        var @case = New().Filter(("#eu", "id = 1"));
        await lab.PrepareAsync(@case, Data.People);
        await lab.RunAsync("CREATE FUNCTION main.sales.theirs(i int) RETURNS boolean RETURN i < 3");
        await lab.RunAsync("ALTER TABLE main.sales.people SET ROW FILTER main.sales.theirs ON (id)");
        var shape = await lab.ReadShapeAsync(@case);
        var guards = @case.Compile(shape);

        Assert.True(GuardPlan.Of(guards, []).IsEmpty);
        Assert.True(GuardPlan.Of(New().Compile(shape), []).IsEmpty); // also when policy wants none
        Assert.Contains("?GUARD_UNAVAILABLE bob@x.com 2", Case.Show(@case.Desired(shape, guards).Gaps));
    }

    [Theory]
    [InlineData("MATERIALIZED_VIEW", true)]
    [InlineData("STREAMING_TABLE", true)]
    [InlineData("EXTERNAL", true)]
    [InlineData("VIEW", false)]
    [InlineData("FOREIGN", false)]
    [InlineData("METRIC_VIEW", false)]
    [InlineData("MANAGED_SHALLOW_CLONE", false)]
    public async Task Each_kind_that_takes_guards_gets_them_by_its_own_word(string kind, bool takes)
    {
        var @case = New().Filter(("#eu", "id = 1")).Mask("ssn", ("#eu", "MASK_NULL"));
        await lab.PrepareAsync(@case, Data.People, kind);
        Assert.Equal(takes, GuardCompiler.CanGuard((await lab.ReadShapeAsync(@case)).Facts));
        if (!takes)
        {
            return;
        }

        await lab.ApplyAsync(@case, []);
        Assert.Equal("1|EU|NULL|1999-05-06", await ReadAsync(@case, "Bob@X.com"));

        await lab.ApplyAsync(New(), []);
        Assert.Equal(Everything, await ReadAsync(@case, "Bob@X.com"));
    }

    [Theory]
    [InlineData("int", true)]
    [InlineData("decimal(10,2)", true)]
    [InlineData("varchar(20)", true)]
    [InlineData("array<struct<a:int,b:map<string,decimal(3,1)>>>", true)]
    [InlineData("struct<a:int> RETURN TRUE; --:int>", false)]
    [InlineData("struct<`a b`:int>", false)]
    [InlineData("struct<a\u0130:int>", false)] // U+0130 and U+212A match i and k where case does not count
    [InlineData("struct<\u212A:int>", false)]
    [InlineData("array<int", false)]
    [InlineData("strang", false)]
    [InlineData("", false)]
    public void A_type_is_written_into_a_function_only_if_it_is_known_whole(string type, bool known) =>
        Assert.Equal(known, ColumnType.Read(type) is not null);

    [Fact]
    public async Task Whoever_cannot_have_a_mask_because_of_the_columns_type_does_not_read()
    {
        var @case = New().Mask("ssn", ("#eu", "MASK_NULL"));
        await lab.PrepareAsync(@case, Data.People);
        var read = await lab.ReadShapeAsync(@case);
        var odd = read with { Columns = [.. read.Columns.Select(column => column.Name == "ssn" ? column with { TypeText = "interval day to second" } : column)] };

        Assert.Contains("?GUARD_UNAVAILABLE bob@x.com 2", Case.Show(@case.Desired(odd, @case.Compile(odd)).Gaps));
    }

    [Fact]
    public async Task An_unchanged_policy_makes_no_statement_and_a_changed_one_leaves_no_function_behind()
    {
        var made = new List<MadeFunction>();
        var @case = New().Filter(("#eu", "id = 1")).Mask("ssn", ("#eu", "MASK"));
        await StartAsync(@case, made); // asserts that planning again is empty
        Assert.Equal(2, made.Count);

        await lab.ApplyAsync(New().Filter(("#eu", "id = 2")), made);

        var left = Assert.Single(made).FullName;
        var catalog = (await lab.AdminAsync(HttpMethod.Get, "state"))["catalogs"]![0]!["schemas"]!.AsArray();
        var functions = catalog.Single(schema => (string?)schema!["name"] == "policysync_guards")!["functions"]!.AsArray();
        Assert.Equal([left], functions.Select(function => $"main.policysync_guards.{(string?)function!["name"]}"));
        await lab.ApplyAsync(New(), made);
        Assert.Empty(made);
    }

    [Fact]
    public async Task Two_tables_never_share_a_function()
    {
        var one = New().Filter(("#eu", "id = 1"));
        await lab.PrepareAsync(one, Data.People);
        var shape = await lab.ReadShapeAsync(one);
        var other = shape with { Facts = shape.Facts with { Identity = "another" } };

        Assert.NotEqual(NameOf(one.Compile(shape)), NameOf(one.Compile(other)));

        static string NameOf(TableGuards guards) => GuardPlan.Of(guards, []).Made[0].FullName;
    }

    private static Account People()
    {
        var account = new Account();
        account.Users.AddRange(["ann@x.com", "Bob@X.com", "cat@x.com", "dan@x.com", "eve@x.com"]);
        account.Groups.Add(("inner", ["eve@x.com"], false));
        account.Groups.Add(("eu", ["Bob@X.com", "inner"], false));
        account.Groups.Add(("Eu", ["dan@x.com"], false));
        account.Roles.Add(new RangerRole { Name = "deep", Users = [new() { Name = "CAT@x.com" }] });
        account.Roles.Add(new RangerRole { Name = "reader", Roles = [new() { Name = "deep" }] });
        return account;
    }

    private static Case New() => new Case { Account = People() }.Allow("#public");

    private async Task StartAsync(Case @case, List<MadeFunction>? made = null)
    {
        await lab.PrepareAsync(@case, Data.People);
        await lab.ApplyAsync(@case, made ?? []);
    }

    private async Task<string> ReadAsync(Case @case, string user) => Data.Show(await lab.ReadAsync(@case, user));
}
