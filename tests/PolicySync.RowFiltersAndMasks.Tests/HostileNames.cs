using PolicySync.Core.Guards;
using PolicySync.Core.Securables;
using PolicySync.RowFiltersAndMasks.Tests.Support;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>Names are written by people who would like to read more: none of them changes what a function means.</summary>
[Collection(LabTests.Name)]
public sealed class HostileNames(Lab lab)
{
    private static readonly string[] All =
    [
        "it's", "''", "'", "\"", "a`b", "``", "back\\", "\\'", "\\\\'", "x') OR TRUE OR is_account_group_member('y",
        "'; ALTER TABLE main.sales.people DROP ROW FILTER; --", "/* x", "*/", "--", "{USER", "${env:HOME}", "$", "%like_", "line\nbreak", "\r\n", "\t", "\0nul",
        "größe", "売上", "🙂", "\u2028", "\u00a0", "e\u0301", "ﬀ", "İ", "\ud800", "\\u0027", "NULL", "public ", " public", ":p", "?", "`x`", new string('x', 255), new string('\'', 255),
    ];

    public static TheoryData<string> Names => [.. All];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_group_of_any_name_is_exactly_that_group(string name)
    {
        if (name.Contains('\ud800'))
        {
            return; // no JSON can carry it to the account; the literal is looked at below
        }

        name = string.IsNullOrWhiteSpace(name) ? "x" + name : name; // the account takes no name of blanks alone
        var account = new Account();
        account.Users.AddRange(["in@x.com", "out@x.com", "other@x.com"]);
        account.Groups.Add((name, ["in@x.com"], false));
        account.Groups.Add((name + "x", ["out@x.com"], false));
        account.Groups.Add(("y", ["other@x.com"], false));
        var @case = new Case { Account = account }.Allow("#public").Filter(("#" + name, "id = 1")).Mask("ssn", ("#" + name, "MASK_NULL"));
        await StartAsync(@case, Data.People);

        Assert.Equal("1|EU|NULL|1999-05-06", await ReadAsync(@case, "in@x.com"));
        Assert.StartsWith("1|EU|Ab1-23|1999-05-06 / 2", await ReadAsync(@case, "out@x.com"));
        Assert.StartsWith("1|EU|Ab1-23|1999-05-06 / 2", await ReadAsync(@case, "other@x.com"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_user_of_any_name_is_exactly_that_user_in_any_case(string name)
    {
        if (name.Contains('\ud800') || name == "İ")
        {
            return; // see below: what folds differently here and there
        }

        var (user, spelled) = ($"A{name}@x.com", $"a{name.ToUpperInvariant()}@X.com");
        var account = new Account();
        account.Users.AddRange([user, $"{name}@x.com", "out@x.com"]);
        var @case = new Case { Account = account }.Allow("#public").Filter((spelled, "id = 1"));
        await StartAsync(@case, Data.People);

        Assert.Equal(string.Equals(user, spelled, StringComparison.OrdinalIgnoreCase), "1|EU|Ab1-23|1999-05-06" == await ReadAsync(@case, user));
        Assert.StartsWith("1|EU|Ab1-23|1999-05-06 / 2", await ReadAsync(@case, $"{name}@x.com"));
        Assert.StartsWith("1|EU|Ab1-23|1999-05-06 / 2", await ReadAsync(@case, "out@x.com"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_column_of_any_name_is_masked_and_can_be_filtered_by(string name)
    {
        if (name.Contains('\ud800'))
        {
            return;
        }

        var account = new Account();
        account.Users.AddRange(["in@x.com", "out@x.com"]);
        var data = new Data([("id", "int"), (name, "string")], [["1", "secret"], ["2", null]]);
        var quoted = $"`{name.Replace("`", "``")}`";
        var @case = new Case { Account = account }.Allow("#public").Filter(("in@x.com", $"{quoted} IS NOT NULL"))
            .Mask(name, ("in@x.com", "CUSTOM:concat('<', {col}, '>')")).Mask("id", ("in@x.com", $"CUSTOM:length({quoted})"));
        await lab.PrepareAsync(@case, data);
        var shape = await lab.ReadShapeAsync(@case);
        if (@case.Policies.Engine.EvaluateDataMask(@case.RequestOf("in@x.com", name)).DataMask is null)
        {
            return; // Ranger reads such a name as a pattern or a token; what it matches is its business
        }

        if (name.Contains('{') || name.Contains('\\'))
        {
            // Databricks would replace `${`, Ranger reads tokens and escapes: what they mean is not known, so nothing is read.
            Assert.Contains(Case.Show(@case.Desired(shape, @case.Compile(shape)).Gaps), gap => gap.Contains(" in@x.com ", StringComparison.Ordinal));
            return;
        }

        await lab.ApplyAsync(@case, []);

        Assert.Equal("6|<secret>", await ReadAsync(@case, "in@x.com"));
        Assert.Equal("1|secret / 2|NULL", await ReadAsync(@case, "out@x.com"));
    }

    [Theory]
    [InlineData("t`a'b;c--d\"é")]
    [InlineData("`")]
    [InlineData("'--")]
    [InlineData("select")]
    [InlineData("売上")]
    public async Task A_table_of_any_name_is_the_one_that_is_guarded(string name)
    {
        var account = new Account();
        account.Users.Add("in@x.com");
        var @case = new Case { Account = account, Table = Securable.Table("ma`in", "sal;es", name) }.Allow("#public").Filter(("in@x.com", "id = 1"));
        await StartAsync(@case, Data.People);

        Assert.StartsWith("1|", await ReadAsync(@case, "in@x.com"));
        Assert.DoesNotContain(" / ", await ReadAsync(@case, "in@x.com"));
    }

    [Fact]
    public void A_mask_in_which_a_hostile_column_name_would_close_a_text_does_not_put_it_there()
    {
        var account = new Account();
        account.Users.Add("in@x.com");
        var data = new Data([("x' || secret || '", "string"), ("secret", "string")], []);
        var @case = new Case { Account = account }.Allow("#public").Mask(data.Columns[0].Name, ("in@x.com", "CUSTOM:'{col}'"));

        var create = GuardPlan.Of(@case.Compile(@case.Shape(data)), []).Statements[1].Sql;

        Assert.Contains("try_cast(('{col}') AS string)", create);
    }

    [Fact]
    public void No_name_puts_a_quote_or_a_back_slash_that_could_end_a_text_into_a_statement()
    {
        var account = new Account();
        account.Users.Add("in@x.com");
        foreach (var name in All)
        {
            account.Groups.Add(($"{name}-{account.Groups.Count}", [], false));
        }

        var @case = new Case { Account = account }.Allow("#public")
            .Filter(("#" + string.Join("|#", account.Groups.Select(group => group.Name).Where(group => !group.Contains('|'))), "id = 1"));
        var create = GuardPlan.Of(@case.Compile(@case.Shape(Data.People)), []).Statements[1].Sql;

        // Two for each text, of the groups and of the comment; every back-slash begins a code point.
        Assert.Equal(2 * (account.Groups.Count + 1), create.Count(c => c == '\''));
        Assert.DoesNotContain("${", create);
        Assert.DoesNotMatch(@"\\(?!u[0-9A-F]{4}|U[0-9A-F]{8})", create);
    }

    private async Task StartAsync(Case @case, Data data)
    {
        await lab.PrepareAsync(@case, data);
        await lab.ApplyAsync(@case, []);
    }

    private async Task<string> ReadAsync(Case @case, string user) => Data.Show(await lab.ReadAsync(@case, user));
}
