namespace PolicySync.Ranger.Evaluation;

/// <summary>
/// Evaluates a question for policies in Ranger's order and combines their verdicts: the first deny decides, and an allow is
/// final as soon as a policy without denies is met, for none with denies can follow at that priority. Source:
/// RangerPolicyEngineImpl.evaluatePoliciesForOneAccessTypeNoAudit.
/// </summary>
internal struct PolicyCombiner
{
    private readonly PolicyQuestion _question;
    private readonly bool _allowedByTags;
    private readonly bool _deniedByTags;
    private Decision _decision;

    /// <summary>Starts from the decision of the tag policies, which only a policy of the same or a higher priority can change.</summary>
    public PolicyCombiner(PolicyQuestion question, Decision byTags = default)
    {
        _question = question;
        _allowedByTags = byTags is { IsFinal: true, IsAllowed: true };
        _deniedByTags = byTags is { IsFinal: true, IsAllowed: false };
        _decision = byTags;
        _decision.IsFinal = false;
    }

    /// <summary>Evaluates one more policy.</summary>
    /// <returns>Whether the decision is final, so that no further policy needs to be evaluated.</returns>
    public bool Ask(in Candidate candidate)
    {
        var priority = candidate.Policy.Priority;
        _decision.IsFinal = _deniedByTags ? _decision.Priority >= priority
            : _decision.IsAllowed && (_decision.Priority > priority
                || (!_question.CanBeTakenBack && _decision.Priority == priority));
        if (!_decision.IsFinal)
        {
            _question.Ask(candidate, ref _decision);
            _question.Recorder?.Asked(candidate, _decision);
        }
        else
        {
            _question.Recorder?.NotAsked(candidate, _decision);
        }

        _decision.IsFinal |= _decision.IsAllowed && !candidate.Policy.HasDeny;
        return _decision.IsFinal;
    }

    /// <summary>The decision when there are no more policies.</summary>
    public Decision Finish()
    {
        if (!_decision.IsFinal)
        {
            _decision.IsAllowed = _allowedByTags || (_decision.IsAllowed && !_deniedByTags);
            _decision.IsFinal = _decision.IsAllowed || _deniedByTags;
            _question.Recorder?.EndPolicies(_deniedByTags);
        }

        return _decision;
    }
}
