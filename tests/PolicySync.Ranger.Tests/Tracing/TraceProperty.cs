using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Tests;

/// <summary>A trace is of the decision that is made, and names what made it, whatever the policies are.</summary>
public class TraceProperty
{
    private const int Services = 1000;

    [Fact]
    public void A_trace_says_what_evaluation_says_and_names_the_policy_and_the_item_that_decided()
    {
        var decided = new Dictionary<(AccessVerdict, PolicyPart?, bool), int>();
        var ends = new HashSet<TraceEnd>();
        for (var seed = 0; seed < Services; seed++)
        {
            var random = new RandomService(seed);
            var (engine, resource, tags) = (random.Engine(), Unity.Resource(random.Table(), random.Owner()), random.Tags());
            var view = engine.ViewOf(resource, Unity.Now, tags);
            for (var i = 0; i < 5; i++)
            {
                var (subject, access) = (random.Subject(), random.Access());
                var trace = view.Trace(subject, access);
                Assert.Equal(view.Evaluate(subject, access), trace.Decision);
                var step = trace.Deciding;
                ends.Add(trace.End);
                decided[(trace.Decision.Verdict, step?.GivenBy, step?.Tag is not null)] =
                    decided.GetValueOrDefault((trace.Decision.Verdict, step?.GivenBy, step?.Tag is not null)) + 1;
                AssertNames(trace, view, subject, access, resource.OwnerUser, seed);

                // Ranger's own form of request, which names the deciding policy and knows no trace.
                var said = engine.Evaluate(new AccessRequest
                {
                    Resource = resource, User = subject.User, UserGroups = subject.Groups, UserRoles = subject.Roles,
                    AccessType = access, AccessTime = Unity.Now, Tags = tags,
                });
                Assert.Equal((said.IsAllowed, trace.Decision.Verdict == AccessVerdict.Undetermined ? null : said.PolicyId),
                    (trace.Decision.Verdict == AccessVerdict.Allowed, trace.Decision.PolicyId));
            }
        }

        Assert.All<(AccessVerdict, PolicyPart?, bool)>(
            [
                (AccessVerdict.Undetermined, null, false), (AccessVerdict.Allowed, PolicyPart.Allow, false), (AccessVerdict.Allowed, PolicyPart.Allow, true),
                (AccessVerdict.Denied, PolicyPart.Deny, false), (AccessVerdict.Denied, PolicyPart.Deny, true),
                (AccessVerdict.Denied, PolicyPart.Policy, false), (AccessVerdict.Denied, PolicyPart.Policy, true),
            ],
            kind => Assert.True(decided.GetValueOrDefault(kind) >= 10, $"{kind} decided {decided.GetValueOrDefault(kind)} times"));
        Assert.Equal(Enum.GetValues<TraceEnd>().Order(), ends.Order());
    }

    private static void AssertNames(DecisionTrace trace, PolicyView view, Subject subject, string access, string? owner, int seed)
    {
        var steps = trace.Steps;
        Assert.True(steps.Count == view.TagAccess.Count(policy => policy.DecidesItself) + view.Access.Count(policy => policy.DecidesItself), $"seed {seed}");
        Assert.All(steps.Where(step => step.IsAsked), step =>
        {
            var matched = view.TagAccess.Concat(view.Access).First(policy => policy.Policy == step.Policy && policy.Tag == step.Tag);
            Assert.Equal(matched.EvaluateAlone(subject, access).Verdict, step.Verdict);
            Assert.All(step.Items, item => Assert.True(Names(ItemsOf(step.Policy, item.Part)[item.Index], item.By, subject, owner), $"seed {seed}"));
            Assert.Equal(step.GivenBy is PolicyPart.Allow or PolicyPart.Deny, step.Item is not null);
        });
        if (trace.Deciding is { } deciding)
        {
            Assert.Equal((trace.Decision.PolicyId, trace.Decision.PolicyName), (deciding.Policy.Id, deciding.Policy.Name));
            Assert.True(deciding.Verdict == trace.Decision.Verdict || trace.End == TraceEnd.TagDenialRemains, $"seed {seed}");
        }
        else
        {
            Assert.Equal(default, trace.Decision);
        }
    }

    private static bool Names(RangerPolicyItem item, NamedBy by, Subject subject, string? owner) => by.Kind switch
    {
        NamedByKind.Public => item.Groups.Contains("public"),
        NamedByKind.AnyUser => item.Users.Contains("{USER}"),
        NamedByKind.User => item.Users.Contains(by.Name!) && by.Name == subject.User,
        NamedByKind.Owner => item.Users.Contains("{OWNER}") && owner == subject.User,
        NamedByKind.Group => item.Groups.Contains(by.Name!) && subject.Groups.Contains(by.Name!),
        NamedByKind.Role => item.Roles.Contains(by.Name!) && subject.Roles.Contains(by.Name!),
        _ => false,
    };

    private static List<RangerPolicyItem> ItemsOf(RangerPolicy policy, PolicyPart part) => part switch
    {
        PolicyPart.Allow => policy.PolicyItems,
        PolicyPart.Deny => policy.DenyPolicyItems,
        PolicyPart.AllowException => policy.AllowExceptions,
        _ => policy.DenyExceptions,
    };
}
