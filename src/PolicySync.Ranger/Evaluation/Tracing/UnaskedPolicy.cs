namespace PolicySync.Ranger.Evaluation.Tracing;

/// <summary>Why a policy that names a resource is not asked about it.</summary>
public enum UnaskedReason
{
    /// <summary>The policy is disabled.</summary>
    Disabled,

    /// <summary>None of the policy's schedules includes the time.</summary>
    OutsideSchedule,

    /// <summary>None of the validity periods of the tag includes the time.</summary>
    TagOutsideSchedule,

    /// <summary>The policy is of another security zone, or outside zones while the resource is in one.</summary>
    OtherZone,
}

/// <summary>An access policy that names a resource, or a tag of it, and is not asked about it.</summary>
/// <param name="Policy">The policy, as it would be asked if nothing kept it out.</param>
/// <param name="Reason">Why it is not asked.</param>
/// <param name="Zone">The security zone of the policy; null outside zones.</param>
public sealed record UnaskedPolicy(MatchedPolicy Policy, UnaskedReason Reason, string? Zone);
