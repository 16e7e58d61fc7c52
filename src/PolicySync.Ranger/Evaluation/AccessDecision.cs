namespace PolicySync.Ranger.Evaluation;

/// <summary>The verdict of policies on one access.</summary>
public enum AccessVerdict
{
    /// <summary>No policy decides, so there is no access.</summary>
    Undetermined,

    /// <summary>Allowed.</summary>
    Allowed,

    /// <summary>Denied.</summary>
    Denied,
}

/// <summary>A verdict and the policy that gave it.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="PolicyId">The deciding policy; null when undetermined, or when the policy has no id.</param>
/// <param name="PolicyName">Its name.</param>
public readonly record struct AccessDecision(AccessVerdict Verdict, long? PolicyId, string? PolicyName);
