using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>What policy says to one principal and one privilege on one securable, and whether a grant may say it.</summary>
/// <param name="Kind">The answer.</param>
/// <param name="PolicyId">The deciding policy: the one that allows, or the one that stands against it.</param>
/// <param name="PolicyName">Its name.</param>
/// <param name="Code">For <see cref="DecisionKind.Withheld"/>: why a grant would give too much.</param>
/// <param name="Reason">For <see cref="DecisionKind.Withheld"/>: for people.</param>
internal readonly record struct Decision(
    DecisionKind Kind, long? PolicyId = null, string? PolicyName = null, GapCode Code = default, string? Reason = null)
{
    /// <summary>Policy gives it, and so does a grant.</summary>
    public bool IsAllowed => Kind == DecisionKind.Allowed;

    /// <summary>Policy gives it, whether a grant can or not.</summary>
    public bool IsGiven => Kind != DecisionKind.NotAllowed;
}

internal enum DecisionKind
{
    /// <summary>Policy does not give it: nobody says so, or a deny does.</summary>
    NotAllowed,

    /// <summary>Policy gives it here, but the grant would reach something that policy denies or guards.</summary>
    Withheld,

    /// <summary>Policy gives it.</summary>
    Allowed,
}
