using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation.Tracing;

/// <summary>One policy in an evaluation. Immutable.</summary>
public sealed record TraceStep
{
    /// <summary>The policy.</summary>
    public required RangerPolicy Policy { get; init; }

    /// <summary>How the policy matches the resource.</summary>
    public required ResourceMatch Match { get; init; }

    /// <summary>The tag through which a tag policy matches; null for a resource policy.</summary>
    public ResourceTag? Tag { get; init; }

    /// <summary>Whether the policy was asked; false when the decision was final before.</summary>
    public bool IsAsked { get; init; }

    /// <summary>
    /// Whether the policy applies at all: its schedule, the meaning of its resources, and its own conditions. False for a policy
    /// that was not asked.
    /// </summary>
    public TraceTruth Holds { get; init; }

    /// <summary>The policy's own conditions.</summary>
    public IReadOnlyList<TraceCondition> Conditions { get; init; } = [];

    /// <summary>
    /// The items that name both the subject and the access type, in the order in which they were asked. An item after the first one
    /// that applies in its part is not asked.
    /// </summary>
    public IReadOnlyList<TraceItem> Items { get; init; } = [];

    /// <summary>The verdict of this policy alone.</summary>
    public AccessVerdict Verdict { get; init; }

    /// <summary>
    /// The part of the policy that gives the verdict: <see cref="PolicyPart.Deny"/>, <see cref="PolicyPart.Allow"/>, or
    /// <see cref="PolicyPart.Policy"/> for deny-all-else. Null without a verdict.
    /// </summary>
    public PolicyPart? GivenBy { get; init; }

    /// <summary>The item that gives the verdict; null without a verdict, and for deny-all-else.</summary>
    public TraceItem? Item => GivenBy is { } part ? Items.LastOrDefault(item => item.Part == part && item.Applies) : null;

    /// <summary>Whether the policy changed the decision.</summary>
    public bool IsChange { get; init; }
}

/// <summary>An item of a policy that names the subject and the access type.</summary>
/// <param name="Part">The part of the policy that the item belongs to.</param>
/// <param name="Index">
/// Its position in that part, from 0. In a tag policy, items that are only for other services are not counted.
/// </param>
/// <param name="By">What in the item names the subject.</param>
/// <param name="Holds">Whether the item holds: the policy and all conditions of the item.</param>
/// <param name="Conditions">The item's own conditions.</param>
/// <param name="Applies">
/// Whether the item applies. One that cannot be evaluated applies only where that takes access away.
/// </param>
public sealed record TraceItem(
    PolicyPart Part, int Index, NamedBy By, TraceTruth Holds, IReadOnlyList<TraceCondition> Conditions, bool Applies);

/// <summary>A condition of a policy or item.</summary>
/// <param name="Description">What it is, for people: lower case, no full stop.</param>
/// <param name="Holds">Whether it holds.</param>
public sealed record TraceCondition(string Description, TraceTruth Holds);
