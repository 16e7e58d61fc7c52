using PolicySync.Ranger.Conditions;

namespace PolicySync.Ranger.Evaluation;

/// <summary>
/// Whether a subject may have some of several access types. Each is decided alone; then each group needs one that is allowed
/// (RangerDefaultPolicyEvaluator.evaluatePolicyItems and getCompositeAccessResult).
/// </summary>
internal sealed class AccessesQuestion(
    AccessRequest request,
    IReadOnlyCollection<string> accesses,
    IReadOnlyCollection<IReadOnlyCollection<string>> groups,
    Subject subject,
    RequestFacts facts)
    : PolicyQuestion(subject, request.Resource.OwnerUser, facts)
{
    private readonly Dictionary<string, Decision> _decisions = new(StringComparer.Ordinal);
    private readonly bool _anyIsEnough = request.IsAny || request.IsAnyOfAll;

    public override bool CanBeTakenBack => true;

    public override void Ask(in Candidate candidate, ref Decision decision)
    {
        var asker = AskerOf(candidate);
        if (request.IgnoreIfNotDenied.Count > 0 && !candidate.Policy.HasItemsFor(asker, request))
        {
            return;
        }

        foreach (var access in accesses)
        {
            var one = default(Decision);
            AccessQuestion.Ask(candidate, access, asker, request.IgnoresDescendantDeny, ref one);
            if (one.Verdict == AccessVerdict.Undetermined)
            {
                continue;
            }

            if (!_decisions.TryGetValue(access, out var before) || Replaces(one, before))
            {
                _decisions[access] = one;
            }

            if (_anyIsEnough && one.IsAllowed == request.IgnoresDescendantDeny && _decisions[access].IsAllowed == one.IsAllowed)
            {
                break;
            }
        }

        if (Compose() is { } composed)
        {
            decision = composed;
        }
    }

    private static bool Replaces(Decision now, Decision before) =>
        now.Priority > before.Priority
        || (now.Priority == before.Priority && before.IsAllowed && !now.IsAllowed);

    // Null as long as some group is open.
    private Decision? Compose()
    {
        Decision? first = null;
        var isOpen = false;
        foreach (var group in groups.Count > 0 ? groups : [accesses])
        {
            var decided = Compose(group);
            if (decided is { IsAllowed: false })
            {
                return decided;
            }

            isOpen |= decided is null && !MayBeIgnored(group);
            first ??= decided;
        }

        return isOpen ? null : first ?? AllowedWithoutPolicy();
    }

    private Decision? Compose(IReadOnlyCollection<string> group)
    {
        Decision? denied = null;
        var isOpen = false;
        foreach (var access in group)
        {
            if (!_decisions.TryGetValue(access, out var decided))
            {
                isOpen = true;
            }
            else if (decided.IsAllowed)
            {
                return decided;
            }
            else
            {
                denied ??= decided;
            }
        }

        return isOpen ? null : denied;
    }

    private bool MayBeIgnored(IReadOnlyCollection<string> group) =>
        request.IgnoreIfNotDenied.Count > 0 && group.All(request.IgnoreIfNotDenied.Contains);

    private static Decision AllowedWithoutPolicy() => new() { IsAllowed = true };
}
