using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Evaluation;

/// <summary>A part of a policy.</summary>
public enum PolicyPart
{
    /// <summary>The whole policy: its conditions, schedules or resources.</summary>
    Policy,

    /// <summary>An item that allows.</summary>
    Allow,

    /// <summary>An item that denies.</summary>
    Deny,

    /// <summary>An item that cancels an allow item.</summary>
    AllowException,

    /// <summary>An item that cancels a deny item.</summary>
    DenyException,

    /// <summary>A mask.</summary>
    DataMask,

    /// <summary>A row filter.</summary>
    RowFilter,
}

/// <summary>Something in a policy that cannot be evaluated.</summary>
/// <param name="Part">The part of the policy that contains it.</param>
/// <param name="Item">The item; null when it concerns the whole policy, and so each of its items.</param>
/// <param name="Reason">What it is, for people: lower case, no full stop.</param>
public sealed record PolicyUncertainty(PolicyPart Part, RangerPolicyItem? Item, string Reason);
