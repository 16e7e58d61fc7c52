namespace PolicySync.Ranger.Evaluation;

/// <summary>The result of an evaluation so far, and whether it is final (Ranger's RangerAccessResult).</summary>
internal struct Decision
{
    public bool IsAllowed { get; set; }

    /// <summary>Whether it is final. A deny always is; an allow only when no policy that could deny is left.</summary>
    public bool IsFinal { get; set; }

    /// <summary>The policy that decided; null when none did, or when no policy was needed.</summary>
    public PreparedPolicy? Policy { get; private set; }

    public int Priority { get; private set; }

    public readonly AccessVerdict Verdict =>
        IsAllowed ? AccessVerdict.Allowed : IsFinal ? AccessVerdict.Denied : AccessVerdict.Undetermined;

    /// <summary>Allowed regardless of policies: a super user.</summary>
    public static Decision Always { get; } = new() { IsAllowed = true, IsFinal = true, Priority = int.MaxValue };

    public void Deny(PreparedPolicy policy) => this = new() { IsFinal = true, Policy = policy, Priority = policy.Priority };

    /// <summary>The first policy to allow is the one reported.</summary>
    public void Allow(PreparedPolicy policy)
    {
        if (!IsAllowed)
        {
            this = new() { IsAllowed = true, IsFinal = IsFinal, Policy = policy, Priority = policy.Priority };
        }
    }

    public readonly AccessDecision ToAccessDecision() => new(
        Verdict,
        Verdict == AccessVerdict.Undetermined ? null : Policy?.Policy.Id,
        Verdict == AccessVerdict.Undetermined ? null : Policy?.Policy.Name);
}
