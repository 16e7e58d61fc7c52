using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>Whether policy gives a principal a privilege on a securable, and whether a grant can express it.</summary>
/// <param name="Kind">The answer.</param>
/// <param name="PolicyId">The deciding policy: the one that allows, or the one that prevents it.</param>
/// <param name="PolicyName">Its name.</param>
/// <param name="Code">For <see cref="DecisionKind.Withheld"/>: the reason why a grant would give too much.</param>
/// <param name="Reason">For <see cref="DecisionKind.Withheld"/>: the same as text.</param>
internal readonly record struct Decision(
    DecisionKind Kind, long? PolicyId = null, string? PolicyName = null, GapCode Code = default, string? Reason = null)
{
    /// <summary>Policy gives it, and a grant can express it.</summary>
    public bool IsAllowed => Kind == DecisionKind.Allowed;

    /// <summary>Policy gives it, whether or not a grant can express it.</summary>
    public bool IsGiven => Kind != DecisionKind.NotAllowed;
}

internal enum DecisionKind
{
    /// <summary>Policy does not give it: no policy allows it, or one denies it.</summary>
    NotAllowed,

    /// <summary>Policy gives it here, but a grant would also reach something that policy denies or guards.</summary>
    Withheld,

    /// <summary>Policy gives it.</summary>
    Allowed,
}
