namespace PolicySync.Ranger.Evaluation.Tracing;

/// <summary>
/// How the policies of a view decide, recorded by the evaluation itself. Immutable.
/// </summary>
/// <param name="Decision">The decision: equal to what <see cref="PolicyView.Evaluate(Subject, string)"/> returns.</param>
/// <param name="Zone">The security zone whose policies were asked; null for the policies outside zones.</param>
/// <param name="Tags">What the tag policies decided before resource policies were asked.</param>
/// <param name="Steps">
/// The policies in the order in which they are asked: those of tags, then those of resources. Policies that come after the end of
/// the evaluation are listed too, as not asked.
/// </param>
/// <param name="End">Why no further policy was asked.</param>
public sealed record DecisionTrace(
    AccessDecision Decision, string? Zone, AccessDecision Tags, IReadOnlyList<TraceStep> Steps, TraceEnd End)
{
    /// <summary>The step that gave the decision its policy; null when no policy decides.</summary>
    public TraceStep? Deciding => Decision.Verdict == AccessVerdict.Undetermined ? null : Steps.LastOrDefault(step => step.IsChange);
}

/// <summary>Why an evaluation asked no further policy.</summary>
public enum TraceEnd
{
    /// <summary>Every policy was asked.</summary>
    EveryPolicyAsked,

    /// <summary>A deny is final.</summary>
    Denied,

    /// <summary>An allow is final: no policy that can deny follows at its priority.</summary>
    Allowed,

    /// <summary>An allow is final: the policies that follow have a lower priority.</summary>
    AllowedByPriority,

    /// <summary>A deny of a tag policy is final: the resource policies that follow do not have a higher priority.</summary>
    DeniedByTag,

    /// <summary>Every policy was asked, and no allow of a higher priority was final, so the deny of a tag policy remains.</summary>
    TagDenialRemains,
}

/// <summary>Whether a condition, schedule or match holds.</summary>
public enum TraceTruth
{
    /// <summary>It does not hold.</summary>
    False,

    /// <summary>It holds.</summary>
    True,

    /// <summary>It cannot be evaluated, so it counts against access.</summary>
    Unknown,
}
