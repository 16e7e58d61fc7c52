using PolicySync.Ranger.Conditions;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Something that is put to one policy after the other: may this be accessed, is it masked, is it filtered?</summary>
internal abstract class PolicyQuestion(Subject subject, string? owner, RequestFacts? facts, DateTimeOffset? at = null)
{
    /// <summary>Whether policies of the same priority may take back an allow; masks and filters are never taken back.</summary>
    public abstract bool CanBeTakenBack { get; }

    /// <summary>Lets one policy change the decision.</summary>
    public abstract void Ask(in Candidate candidate, ref Decision decision);

    protected Asker AskerOf(in Candidate candidate) => new(subject, owner, facts, candidate.Tag, at);
}
