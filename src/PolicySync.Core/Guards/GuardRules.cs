using PolicySync.Core.Policies;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>
/// Orders the items of one row filter or mask into one list in which the first match decides, as Ranger's engine does
/// (RangerPolicyEngineImpl, reference ranger.md §3.6): tag policies first; only the first resource policy can override them, and
/// only with a higher priority.
/// </summary>
internal sealed class GuardRules(AccessItems items, GuardPrincipalFinder who, Func<RangerPolicyItem, GuardOutcome> outcomeOf, string hidden)
{
    public List<GuardRule> Of(IEnumerable<MatchedPolicy> tagPolicies, IEnumerable<MatchedPolicy> policies)
    {
        var own = policies.Where(policy => policy.DecidesItself).ToList();
        var rules = new List<GuardRule>();
        foreach (var tagged in tagPolicies.Where(policy => policy.DecidesItself))
        {
            foreach (var item in ItemsOf(tagged))
            {
                if (own.Count > 0 && own[0].Policy.PolicyPriority > tagged.Policy.PolicyPriority)
                {
                    rules.AddRange(ItemsOf(own[0]).Select(first => Rule(own[0], first, item)));
                }

                rules.Add(Rule(tagged, item));
            }
        }

        rules.AddRange(own.SelectMany(policy => ItemsOf(policy).Select(item => Rule(policy, item))));
        return Trimmed(rules);
    }

    private IEnumerable<RangerPolicyItem> ItemsOf(MatchedPolicy policy) =>
        GuardPolicies.ItemsOf(policy.Policy).Where(item => items.Covers(item, GuardPolicies.Access));

    private GuardRule Rule(MatchedPolicy policy, params RangerPolicyItem[] named)
    {
        var unknown = policy.Uncertainties.FirstOrDefault(unknown => unknown.Item is null || ReferenceEquals(unknown.Item, named[0]));
        var outcome = unknown is not null
            ? GuardOutcome.Hidden(hidden, GapCode.ConditionUnsupported, $"{unknown.Reason}; what cannot be evaluated counts against access")
            : policy.Policy is { IsDenyAllElse: true } or { DenyPolicyItems.Count: > 0 }
                ? GuardOutcome.Hidden(hidden, GapCode.ConditionUnsupported, "a row filter or mask policy cannot deny")
                : outcomeOf(named[0]);
        return new GuardRule(
            named,
            [.. named.Select(who.Find)],
            outcome.Reason is { } reason ? outcome with { Reason = $"policy `{policy.Policy.Name}`: {reason}" } : outcome,
            policy.Policy);
    }

    // Rules after one for everybody have no effect, and neither do rules at the end that show everything.
    private static List<GuardRule> Trimmed(List<GuardRule> rules)
    {
        rules.RemoveAll(rule => !rule.CanMeet);
        var last = rules.FindIndex(rule => rule.IsForEverybody);
        if (last >= 0)
        {
            rules.RemoveRange(last + 1, rules.Count - last - 1);
        }

        while (rules.Count > 0 && rules[^1].Outcome.IsOpen)
        {
            rules.RemoveAt(rules.Count - 1);
        }

        return rules;
    }
}
