using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>What a trace says of one evaluation: <c>1 deny 0 by ann</c> is item 0 of the denies of policy 1, which names ann.</summary>
public class TraceTests
{
    private const string Orders = "catalog=main;schema=sales;table=orders";

    private static readonly RangerCondition Unknown = new() { Type = "ip-range", Values = ["10.0.0.0/8"] };

    [Fact]
    public void A_deny_item_that_names_a_group_of_the_user_is_the_reason()
    {
        var trace = Trace(
            [Policy(1, Orders, p => (p.PolicyItems, p.DenyPolicyItems) = ([Item("select", "@staff")], [Item("modify", "ann"), Item("select", "bob,@leavers")]))],
            User("ann", "staff", "leavers"));

        Assert.Equal(AccessVerdict.Denied, trace.Decision.Verdict);
        Assert.Equal(TraceEnd.Denied, trace.End);
        Assert.Equal("1 Deny 1 by Group leavers", Show(trace.Deciding!));
    }

    [Fact]
    public void A_deny_exception_shows_with_the_deny_that_it_cancels()
    {
        var step = Assert.Single(Trace(
            [
                Policy(1, Orders, p => (p.PolicyItems, p.DenyPolicyItems, p.DenyExceptions) =
                    ([Item("select", "@staff")], [Item("select", "@staff")], [Item("select", "ann")])),
            ],
            User("ann", "staff")).Steps);

        Assert.Equal((AccessVerdict.Allowed, PolicyPart.Allow), (step.Verdict, step.GivenBy));
        Assert.Equal(["Deny 0 by Group staff", "DenyException 0 by User ann", "Allow 0 by Group staff"], step.Items.Select(Show));
    }

    [Fact]
    public void An_allow_exception_shows_with_the_allow_that_it_cancels()
    {
        var trace = Trace(
            [Policy(1, Orders, p => (p.PolicyItems, p.AllowExceptions) = ([Item("select", "@public")], [Item("select", "ann")]))], User("ann"));

        Assert.Equal(AccessVerdict.Undetermined, trace.Decision.Verdict);
        Assert.Null(trace.Deciding);
        Assert.Equal(["Allow 0 by Public ", "AllowException 0 by User ann"], Assert.Single(trace.Steps).Items.Select(Show));
    }

    [Fact]
    public void Deny_all_else_has_no_item()
    {
        var step = Trace([Policy(1, Orders, p => (p.PolicyItems, p.IsDenyAllElse) = ([Item("select", "bob")], true))], User("ann")).Deciding!;

        Assert.Equal((AccessVerdict.Denied, PolicyPart.Policy), (step.Verdict, step.GivenBy));
        Assert.Null(step.Item);
    }

    [Fact]
    public void A_policy_of_a_higher_priority_leaves_a_deny_unasked()
    {
        var trace = Trace(
            [
                Policy(1, Orders, p => p.DenyPolicyItems = [Item("select", "ann")]),
                Policy(2, Orders, p => (p.PolicyItems, p.DenyPolicyItems, p.PolicyPriority) = ([Item("select", "ann")], [Item("select", "bob")], 1)),
            ],
            User("ann"));

        Assert.Equal((AccessVerdict.Allowed, 2L), (trace.Decision.Verdict, trace.Decision.PolicyId));
        Assert.Equal(TraceEnd.AllowedByPriority, trace.End);
        Assert.Equal([(2L, true), (1L, false)], trace.Steps.Select(step => (step.Policy.Id!.Value, step.IsAsked)));
    }

    [Fact]
    public void Every_policy_after_the_end_is_listed_as_not_asked()
    {
        var trace = Trace(
            [
                Policy(1, Orders, p => p.PolicyItems = [Item("select", "ann")]),
                Policy(2, Orders, p => p.PolicyItems = [Item("select", "ann")]),
                Policy(3, Orders, p => p.PolicyItems = [Item("select", "bob")]),
            ],
            User("ann"));

        Assert.Equal(TraceEnd.Allowed, trace.End);
        Assert.Equal([(1L, true), (2L, false), (3L, false)], trace.Steps.Select(step => (step.Policy.Id!.Value, step.IsAsked)));
    }

    [Fact]
    public void A_condition_that_cannot_be_evaluated_counts_against_access()
    {
        var trace = Trace(
            [
                Policy(1, Orders, p => p.PolicyItems = [Item("select", "ann", Unknown)]),
                Policy(2, Orders, p => p.DenyPolicyItems = [Item("select", "ann", Unknown)]),
            ],
            User("ann"));

        var deny = trace.Deciding!.Item!;
        Assert.Equal((2L, TraceTruth.Unknown, true), (trace.Decision.PolicyId!.Value, deny.Holds, deny.Applies));
        Assert.Equal(("condition `ip-range` cannot be evaluated", TraceTruth.Unknown), (deny.Conditions[0].Description, deny.Conditions[0].Holds));

        var allow = Trace([Policy(1, Orders, p => p.PolicyItems = [Item("select", "ann", Unknown)])], User("ann"));
        Assert.Equal(AccessVerdict.Undetermined, allow.Decision.Verdict);
        Assert.Equal((TraceTruth.Unknown, false), (allow.Steps[0].Items[0].Holds, allow.Steps[0].Items[0].Applies));
    }

    [Theory]
    [InlineData(0, 1, AccessVerdict.Denied, TraceEnd.DeniedByTag)] // asked first, and resource policies of the same priority cannot change it
    [InlineData(1, 2, AccessVerdict.Allowed, TraceEnd.Allowed)]
    public void A_tag_policy_decides_before_resource_policies_unless_they_override(int priority, int asked, AccessVerdict verdict, TraceEnd end)
    {
        var trace = Tagged(priority).ViewOf(Resource(Orders), Now, [Pii()]).Trace(User("ann"), "select");

        Assert.Equal((verdict, end), (trace.Decision.Verdict, trace.End));
        Assert.Equal(AccessVerdict.Denied, trace.Tags.Verdict);
        Assert.Equal("pii", trace.Steps[0].Tag!.Type);
        Assert.Equal(asked, trace.Steps.Count(step => step.IsAsked));
    }

    [Fact]
    public void A_role_is_named_where_it_gives_the_access()
    {
        var ann = User("ann") with { Roles = new HashSet<string> { "readers" } };
        var trace = Trace([Policy(1, Orders, p => p.PolicyItems = [Item("select", "bob,@staff,#writers,#readers")])], ann);

        Assert.Equal("1 Allow 0 by Role readers", Show(trace.Deciding!));
    }

    [Fact]
    public void An_evaluation_without_a_trace_allocates_nothing_for_what_a_trace_would_record()
    {
        var few = View(2);
        var many = View(200);
        var ann = User("ann");
        Assert.Equal(AllocatedBy(few, ann), AllocatedBy(many, ann));

        PolicyView View(int policies) => Engine(
            [.. Enumerable.Range(0, policies).Select(i => Policy(i, Orders, p => p.DenyPolicyItems = [Item("select", "bob"), Item("modify", "ann")]))])
            .ViewOf(Resource(Orders), Now);
    }

    private static long AllocatedBy(PolicyView view, Subject subject)
    {
        _ = view.Evaluate(subject, "select");
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = view.Evaluate(subject, "select");
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static DecisionTrace Trace(RangerPolicy[] policies, Subject subject)
    {
        var view = Engine(policies).ViewOf(Resource(Orders), Now);
        var trace = view.Trace(subject, "select");
        Assert.Equal(view.Evaluate(subject, "select"), trace.Decision);
        return trace;
    }

    private static RangerEngine Tagged(int priority) => RangerEngine.Compile(
        new ServicePolicies
        {
            ServiceDef = Service(),
            Policies = [Policy(1, Orders, p => (p.PolicyItems, p.PolicyPriority) = ([Item("select", "ann")], priority))],
            TagPolicies = new()
            {
                ServiceDef = new() { Name = "tag", Resources = [new() { Name = "tag" }], AccessTypes = [new() { Name = "uc:select" }] },
                Policies = [Policy(7, "tag=pii", p => p.DenyPolicyItems = [Item("uc:select", "ann")])],
            },
        },
        roles: null, userStore: null, new EngineOptions());

    private static ResourceTag Pii() => new("pii", new Dictionary<string, string>(), []);

    private static string Show(TraceStep step) => $"{step.Policy.Id} {Show(step.Item!)}";

    private static string Show(TraceItem item) => $"{item.Part} {item.Index} by {item.By.Kind} {item.By.Name}";
}
