namespace PolicySync.Ranger.Evaluation;

/// <summary>
/// What tag policies decide before resource policies are asked. Priorities play no part among them: the first deny
/// decides, and an allow once no policy that could deny is left (RangerPolicyEngineImpl.evaluateTagPolicies).
/// </summary>
internal static class TagDecision
{
    public static Decision Of(IEnumerable<Candidate> candidates, PolicyQuestion question)
    {
        var decision = default(Decision);
        foreach (var candidate in candidates)
        {
            question.Ask(candidate, ref decision);
            question.Recorder?.Asked(candidate, decision);
            if (decision.IsFinal || (decision.IsAllowed && !candidate.Policy.HasDeny))
            {
                break;
            }
        }

        decision.IsFinal |= decision.IsAllowed;
        question.Recorder?.EndTags(decision);
        return decision;
    }
}
