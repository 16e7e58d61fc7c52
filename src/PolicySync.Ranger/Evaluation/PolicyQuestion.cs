using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation.Tracing;

namespace PolicySync.Ranger.Evaluation;

/// <summary>A question evaluated for one policy after the other: is this access allowed, which mask or filter applies?</summary>
internal abstract class PolicyQuestion(Subject subject, string? owner, RequestFacts? facts, DateTimeOffset? at = null)
{
    /// <summary>Whether policies of the same priority may revoke an allow; masks and filters are never revoked.</summary>
    public abstract bool CanBeTakenBack { get; }

    /// <summary>Records the evaluation; null when no trace of it is wanted.</summary>
    public virtual DecisionRecorder? Recorder => null;

    /// <summary>Evaluates one policy and updates the decision.</summary>
    public abstract void Ask(in Candidate candidate, ref Decision decision);

    protected Asker AskerOf(in Candidate candidate) => new(subject, owner, facts, candidate.Tag, at);
}
