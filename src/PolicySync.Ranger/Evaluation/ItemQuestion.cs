using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Finds the mask or row filter that applies: the first one, unless an overriding policy follows.</summary>
internal sealed class ItemQuestion(
    int policyType, IReadOnlyCollection<string> accesses, Subject subject, string? owner, RequestFacts? facts)
    : PolicyQuestion(subject, owner, facts)
{
    /// <summary>The item that decided; null as long as none did.</summary>
    public RangerPolicyItem? Found { get; private set; }

    public override bool CanBeTakenBack => false;

    public override void Ask(in Candidate candidate, ref Decision decision)
    {
        var asker = AskerOf(candidate);
        foreach (var access in accesses)
        {
            if (candidate.Policy.FirstItem(policyType, access, asker, candidate.Certainty) is { } item)
            {
                Found = item;
                decision = default;
                decision.Allow(candidate.Policy);
                return;
            }
        }
    }
}
