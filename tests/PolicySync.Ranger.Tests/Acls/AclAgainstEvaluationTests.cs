using PolicySync.Ranger.Conformance.Acls;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>
/// Every row of the note on Ranger, section 3.8: what the ACL says and what evaluation says, which grants follow. An ACL
/// reads <c>ann select 1</c>, with <c>@</c> before groups, <c>#</c> before roles, and -1 denied, 1 allowed, 2 conditional.
/// </summary>
public class AclAgainstEvaluationTests
{
    private const string Column = "catalog=main;schema=sales;table=orders;column=id";

    private static readonly RangerCondition Unknown = new() { Type = "ip-range", Values = ["10.*"] };

    private static readonly Dictionary<string, RangerPolicy[]> Rows = new()
    {
        ["A: one policy allows everybody and denies a user"] =
            [Access(1, allow: Item("select", "@public"), deny: Item("select", "bob"))],
        ["C: a deny with its exception, and an allow elsewhere"] =
            [Access(1, deny: Item("select", "bob"), denyException: Item("select", "bob")), Access(2, allow: Item("select", "bob"))],
        ["D: an allow with its exception, and an allow elsewhere"] =
            [Access(1, allow: Item("select", "bob"), allowException: Item("select", "bob")), Access(2, allow: Item("select", "bob"))],
        ["E: a deny under a condition, and an allow elsewhere"] =
            [Access(1, deny: Item("select", "bob", Unknown)), Access(2, allow: Item("select", "bob"))],
        ["F: an allow whose schedule has run out"] =
            [Access(1, allow: Item("select", "bob"), change: p => p.ValiditySchedules = [new() { EndTime = "2020/01/01 00:00:00" }])],
        ["J: an overriding allow for everybody, and a deny"] =
            [Access(1, allow: Item("select", "@public"), change: p => p.PolicyPriority = 1), Access(2, deny: Item("select", "bob"))],
        ["K: a user is allowed and a group of hers denied"] =
            [Access(1, allow: Item("select", "bob")), Access(2, deny: Item("select", "@staff"))],
        ["O: an allow for a user, an exception for a group"] =
            [Access(1, allow: Item("select", "bob"), allowException: Item("select", "@interns"))],
        ["P: deny all else, and a role that is allowed"] =
            [Access(1, allow: Item("select", "#analysts"), change: p => p.IsDenyAllElse = true)],
        ["G: an allow for the owner"] =
            [Access(1, allow: Item("select", "{OWNER}"))],
    };

    [Theory]
    [InlineData("A", "@public select 1")]
    [InlineData("C", "bob select -1")]
    [InlineData("D", "bob select -1")]
    [InlineData("E", "bob select 1")]
    [InlineData("F", "bob select 2")]
    [InlineData("J", "@public select 1; bob select -1")]
    [InlineData("K", "@staff select -1; bob select 1")]
    [InlineData("O", "bob select 2")]
    [InlineData("P", "#analysts select 1; @public select -1")]
    [InlineData("G", "{OWNER} select 1")]
    public void The_ACL_of_a_resource_has_these_entries(string row, string expected)
    {
        var acls = Engine(UnknownConditions.AsRanger, Row(row)).AclsOf(Resource(Column), Now);

        var said = Lines("", acls.Users).Concat(Lines("@", acls.Groups)).Concat(Lines("#", acls.Roles))
            .Where(line => line.Contains(" select ", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        Assert.Equal(expected, string.Join("; ", said));
    }

    [Theory]
    [InlineData("A", "bob", "", "", AccessVerdict.Denied)]
    [InlineData("A", "ann", "", "", AccessVerdict.Allowed)]
    [InlineData("C", "bob", "", "", AccessVerdict.Allowed)]
    [InlineData("D", "bob", "", "", AccessVerdict.Allowed)]
    [InlineData("E", "bob", "", "", AccessVerdict.Denied)] // whether the condition holds is not known, so it denies
    [InlineData("F", "bob", "", "", AccessVerdict.Undetermined)]
    [InlineData("J", "bob", "", "", AccessVerdict.Allowed)]
    [InlineData("K", "bob", "staff", "", AccessVerdict.Denied)]
    [InlineData("K", "bob", "", "", AccessVerdict.Allowed)]
    [InlineData("O", "bob", "", "", AccessVerdict.Allowed)]
    [InlineData("O", "bob", "interns", "", AccessVerdict.Undetermined)]
    [InlineData("P", "bob", "", "analysts", AccessVerdict.Allowed)]
    [InlineData("P", "bob", "", "", AccessVerdict.Denied)]
    [InlineData("G", "bob", "", "", AccessVerdict.Allowed)]
    [InlineData("G", "ann", "", "", AccessVerdict.Undetermined)]
    public void Evaluating_a_subject_gives_this_verdict(string row, string user, string group, string role, AccessVerdict expected)
    {
        var subject = new Subject(user, Names(group), Names(role));

        Assert.Equal(expected, Engine(Row(row)).ViewOf(Resource(Column, owner: "bob"), Now).Evaluate(subject, "select").Verdict);
    }

    [Fact]
    public void Every_row_is_asked_both_ways()
    {
        var rows = Rows.Keys.Select(row => row[..1]).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(rows, Asked(nameof(The_ACL_of_a_resource_has_these_entries)));
        Assert.Equal(rows, Asked(nameof(Evaluating_a_subject_gives_this_verdict)));
    }

    private static IEnumerable<string> Asked(string test) =>
        typeof(AclAgainstEvaluationTests).GetMethod(test)!.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false)
            .Cast<InlineDataAttribute>().Select(data => (string)data.GetData(null!).Single()[0]).Distinct().Order(StringComparer.Ordinal);

    private static RangerPolicy[] Row(string letter) => Rows.Single(row => row.Key.StartsWith(letter, StringComparison.Ordinal)).Value;

    private static RangerPolicy Access(
        long id,
        RangerPolicyItem? allow = null,
        RangerPolicyItem? deny = null,
        RangerPolicyItem? allowException = null,
        RangerPolicyItem? denyException = null,
        Action<RangerPolicy>? change = null) => Policy(id, Column, p =>
        {
            p.PolicyItems = allow is null ? [] : [allow];
            p.DenyPolicyItems = deny is null ? [] : [deny];
            p.AllowExceptions = allowException is null ? [] : [allowException];
            p.DenyExceptions = denyException is null ? [] : [denyException];
            change?.Invoke(p);
        });

    private static IEnumerable<string> Lines(
        string mark, IReadOnlyDictionary<string, IReadOnlyDictionary<string, AclEntry>> principals) =>
        principals.SelectMany(p => p.Value.Select(a => $"{mark}{p.Key} {a.Key} {(int)a.Value.Result}"));

    private static HashSet<string> Names(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries)];
}
