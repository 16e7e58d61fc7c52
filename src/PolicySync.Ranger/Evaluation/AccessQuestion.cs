using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Matching;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Whether a subject may have one access type.</summary>
internal sealed class AccessQuestion(
    string access, Subject subject, string? owner, RequestFacts? facts, bool ignoresDescendantDeny, DateTimeOffset? at = null)
    : PolicyQuestion(subject, owner, facts, at)
{
    public override bool CanBeTakenBack => true;

    public override void Ask(in Candidate candidate, ref Decision decision) =>
        Ask(candidate, access, AskerOf(candidate), ignoresDescendantDeny, ref decision);

    public static void Ask(
        in Candidate candidate, string access, in Asker asker, bool ignoresDescendantDeny, ref Decision decision)
    {
        switch (candidate.Policy.Judge(access, asker, candidate.Certainty))
        {
            case AccessVerdict.Denied when !(ignoresDescendantDeny && candidate.Match == ResourceMatch.Descendant):
                decision.Deny(candidate.Policy);
                break;
            case AccessVerdict.Allowed:
                decision.Allow(candidate.Policy);
                break;
        }
    }
}
