using PolicySync.Core.Explaining;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Explaining;

/// <summary>Explanations of USE on containers, of row filters and masks, and of names.</summary>
public sealed class UseAndGuards
{
    private const string Directory = "#sales=ann,bob users=dan";

    [Theory]
    [InlineData("main.sales.* +#sales:select", PolicyAnswer.Allowed, "policy `p1` gives something at or below catalog main to `sales`")]
    [InlineData("main +ann:use_catalog", PolicyAnswer.Allowed, "policy `p1` allows it to `ann@x.com`")]
    [InlineData("other.sales.* +#sales:select", PolicyAnswer.NotAllowed, "no policy gives ann@x.com anything at or below catalog main")]
    [InlineData("main.sales.* +#sales:select; main -ann:use_catalog", PolicyAnswer.NotAllowed, "policy `p2` denies it to `ann@x.com`")]
    public void USE_follows_from_what_policies_give_below(string policies, PolicyAnswer answer, string reason)
    {
        var explained = Explained.Of(policies, Directory, "ann", "USE_CATALOG", "main");

        Assert.Equal((answer, reason), (explained.Policy.Decision, explained.Policy.Reason));
        Assert.Equal(answer == PolicyAnswer.Allowed, explained.Policy.Grants.Count > 0);
    }

    [Fact]
    public void USE_is_withheld_with_what_is_withheld_below()
    {
        var explained = Explained.Of("main.sales.* +#k:select -dan:select", $"{Directory} #k=ann,?", "#k", "USE_CATALOG", "main");

        Assert.Equal((PolicyAnswer.Withheld, GapCode.MembershipUnknown), (explained.Policy.Decision, explained.Policy.Code));
    }

    [Fact]
    public void Reading_with_a_row_filter_and_a_mask_is_allowed_and_both_are_named()
    {
        var explained = Explained.WithGuards(
            "main.sales.* +#sales:select; main.sales.orders filter:ann=id<10; main.sales.orders.name mask:#sales=MASK_NULL; main.sales.orders.id mask:dan=MASK_NULL",
            Directory, "ann", new TableColumn("id", "int"), new TableColumn("name", "string"));

        Assert.Equal(PolicyAnswer.Allowed, explained.Policy.Decision);
        Assert.Equal(
            [(ExplainedGuardKind.RowFilter, null, 2L, false), (ExplainedGuardKind.ColumnMask, "name", 3L, false)],
            explained.Guards.Select(guard => (guard.Kind, guard.Column, guard.PolicyId!.Value, guard.InForce)));
        Assert.Contains("id<10", explained.Guards[0].Shows!.Replace("`", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(explained.Guards, guard => Assert.StartsWith("main.policysync_guards.", guard.Function, StringComparison.Ordinal));
    }

    [Fact]
    public void A_filter_for_others_is_not_among_the_guards() => Assert.Empty(
        Explained.WithGuards("main.sales.* +#sales:select; main.sales.orders filter:ann=id<10", Directory, "bob", new TableColumn("id", "int")).Guards);

    [Fact]
    public void Without_a_way_to_set_the_filter_reading_is_withheld()
    {
        var explained = Explained.Of("main.sales.* +#sales:select; main.sales.orders filter:ann=id<10", Directory, "ann");

        Assert.Equal((PolicyAnswer.Withheld, GapCode.GuardUnavailable), (explained.Policy.Decision, explained.Policy.Code));
    }

    [Theory]
    [InlineData("nobody@x.com", PrincipalKind.Unknown, "the directory does not list `nobody@x.com`; it is evaluated as a user")]
    [InlineData("strangers", PrincipalKind.Unknown, "the directory does not list `strangers`; it is evaluated as a group")]
    [InlineData("ANN@X.com", PrincipalKind.User, null)]
    [InlineData("etl", PrincipalKind.User, "Principals:Map rewrites `etl` to `dan@x.com`")]
    [InlineData("public", PrincipalKind.Group, "`public` is the group `account users`")]
    public void A_name_is_looked_up_and_what_is_not_listed_is_told(string name, PrincipalKind kind, string? note)
    {
        var made = new World("main.sales.* +#sales:select", $"{Directory} map:^etl$=>dan@x.com");
        var facts = made.FactsOf(Explained.Orders);
        var explained = Explainer.Explain(
            new ExplainInputs(made.InputsAt(World.Now), facts, made.StateOf(facts), []), new ExplainQuestion(name, "select"));

        Assert.Equal((kind, "SELECT"), (explained.Principal.Kind, explained.Privilege));
        Assert.Equal(note is null, !explained.Notes.Any(found => found.StartsWith('t') || found.StartsWith('P') || found.StartsWith('`')));
        Assert.Contains(explained.Notes.Append(""), found => found.StartsWith(note ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_on_which_a_pattern_takes_too_long_is_explained_as_it_is()
    {
        var made = new World("main.sales.* +#sales:select", $"{Directory} map:^(a+)+$=>b");
        var facts = made.FactsOf(Explained.Orders);
        var explained = Explainer.Explain(
            new ExplainInputs(made.InputsAt(World.Now), facts, made.StateOf(facts), []), new ExplainQuestion(new string('a', 200) + "!", "SELECT"));

        Assert.Equal((PrincipalKind.Unknown, PolicyAnswer.NotAllowed), (explained.Principal.Kind, explained.Policy.Decision));
    }

    [Fact]
    public void What_is_outside_the_managed_set_is_noted_as_it_has_no_gap()
    {
        var sync = new SyncOptions();
        sync.Managed.Privileges.Exclude.Add("SELECT");
        sync.Managed.Principals.Exclude.Add("ann@*");
        var made = new World("main.sales.* +#sales:select", Directory);
        var facts = made.FactsOf(Explained.Orders);
        var explained = Explainer.Explain(
            new ExplainInputs(made.InputsAt(World.Now) with { Sync = sync }, facts, made.StateOf(facts), []), new ExplainQuestion("ann@x.com", "SELECT"));

        Assert.Equal(
            ["SELECT is outside Sync:Managed, so grants of it are neither changed nor reported", "`ann@x.com` is outside Sync:Managed, so its grants are neither changed nor reported"],
            explained.Notes);
    }

    [Fact]
    public void A_deny_on_everything_in_a_container_is_the_reason_there()
    {
        var explained = Explained.Of("main.sales.* -ann:select", Directory, "ann", securable: "main.sales");

        Assert.Equal((PolicyAnswer.NotAllowed, ExplainedVerdict.None), (explained.Policy.Decision, explained.Policy.Verdict));
        Assert.Equal("policy `p1` denies it on everything in schema main.sales", explained.Policy.Reason);
        Assert.Equal([(1L, ExplainedAbsence.NamesWhatLiesBelow, ExplainedVerdict.Denied)],
            explained.Policy.NotAsked.Select(found => (found.PolicyId!.Value, found.Reason, found.WouldSay)));
    }

    [Theory]
    [InlineData("SELECT", null)]
    [InlineData("USE_SCHEMA", "`USE_SCHEMA` is not a privilege of table main.sales.orders (MANAGED)")]
    [InlineData("SELCT", "`SELCT` is neither a privilege of Unity Catalog nor an access type of the service definition")]
    public void A_privilege_that_the_securable_cannot_have_is_refused(string privilege, string? fault)
    {
        var made = new World("main.sales.* +#sales:select", Directory);
        Assert.Equal(fault, Explainer.FaultOf(privilege, made.FactsOf(Explained.Orders), made.Policies));
    }
}
