using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Matching;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Whether a subject may have one access type.</summary>
internal class AccessQuestion(
    string access, Subject subject, string? owner, RequestFacts? facts, bool ignoresDescendantDeny, DateTimeOffset? at = null)
    : PolicyQuestion(subject, owner, facts, at)
{
    public override bool CanBeTakenBack => true;

    public override void Ask(in Candidate candidate, ref Decision decision) =>
        Ask(candidate, access, AskerOf(candidate), ignoresDescendantDeny, ref decision, Recorder);

    public static void Ask(
        in Candidate candidate, string access, in Asker asker, bool ignoresDescendantDeny, ref Decision decision, DecisionRecorder? recorder = null)
    {
        switch (candidate.Policy.Judge(access, asker, candidate.Certainty, recorder))
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

/// <summary>The question of a grant, with a record of how it is answered.</summary>
internal sealed class RecordedAccessQuestion(string access, Subject subject, string? owner, DateTimeOffset at, DecisionRecorder recorder)
    : AccessQuestion(access, subject, owner, facts: null, ignoresDescendantDeny: false, at)
{
    public override DecisionRecorder Recorder => recorder;
}
