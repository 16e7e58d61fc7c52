namespace PolicySync.Client;

/// <summary>What policies decide about a principal, a privilege and a securable, and how.</summary>
public sealed record ExplainedPolicy
{
    /// <summary>Whether policy gives the privilege, and whether a grant can express it.</summary>
    public PolicyAnswer Decision { get; init; }

    /// <summary>Why, for people.</summary>
    public string Reason { get => field ?? ""; init; }

    /// <summary>Of a decision <c>WITHHELD</c>: why no grant gives it; null otherwise, and when no gap says so.</summary>
    public string? Code { get; init; }

    /// <summary>What Ranger's evaluation of the policies that name the securable says.</summary>
    public ExplainedVerdict Verdict { get; init; }

    /// <summary>The policy that gave the verdict; null without one.</summary>
    public long? PolicyId { get; init; }

    /// <summary>Its name.</summary>
    public string? PolicyName { get; init; }

    /// <summary>Why no further policy was asked.</summary>
    public ExplainedEnd End { get; init; }

    /// <summary>The security zone whose policies were asked; null for the policies outside zones.</summary>
    public string? Zone { get; init; }

    /// <summary>
    /// The first 500 policies in the order in which they are asked: those of tags, then those of resources; where there are more, those
    /// that name the principal and the privilege are kept before others.
    /// </summary>
    public IReadOnlyList<ExplainedStep> Steps { get => field ?? []; init; }

    /// <summary>The number of policies that match the securable at its own level.</summary>
    public int StepCount { get; init; }

    /// <summary>Policies that name the securable and the privilege and have no part in the decision, up to 100.</summary>
    public IReadOnlyList<UnaskedStep> NotAsked { get => field ?? []; init; }

    /// <summary>The grants that policy wants on the securable and that reach the principal.</summary>
    public IReadOnlyList<WantedGrant> Grants { get => field ?? []; init; }
}

/// <summary>A grant that policy wants on the securable and that reaches the principal.</summary>
public sealed record WantedGrant
{
    /// <summary>The principal of the grant: the principal itself, or a group that contains it.</summary>
    public string Principal { get => field ?? ""; init; }

    /// <summary>The privilege of the grant: the one asked about, or one that includes it.</summary>
    public string Privilege { get => field ?? ""; init; }

    /// <summary>The policy that asks for it; null when no single one does.</summary>
    public long? PolicyId { get; init; }

    /// <summary>Its name.</summary>
    public string? PolicyName { get; init; }

    /// <summary>How the grant reaches the principal: the groups from the one that lists it upwards; empty for its own grant.</summary>
    public IReadOnlyList<MemberLink> Path { get => field ?? []; init; }
}

/// <summary>One policy of an evaluation.</summary>
public sealed record ExplainedStep
{
    /// <summary>The policy; null when it has no id.</summary>
    public long? PolicyId { get; init; }

    /// <summary>Its name.</summary>
    public string? PolicyName { get; init; }

    /// <summary>Its priority: 1 overrides, 0 is normal.</summary>
    public int Priority { get; init; }

    /// <summary>Whether it was asked; false when the decision was final before.</summary>
    public bool Asked { get; init; }

    /// <summary>What it says alone.</summary>
    public ExplainedVerdict Verdict { get; init; }

    /// <summary>Whether it changed the decision.</summary>
    public bool Changed { get; init; }

    /// <summary>Whether it is the policy that decides.</summary>
    public bool Decides { get; init; }

    /// <summary>The tag through which a tag policy applies; null for a resource policy.</summary>
    public string? Tag { get; init; }

    /// <summary>The object that carries the tag; null for a resource policy, and when it is not known.</summary>
    public string? TaggedObject { get; init; }

    /// <summary>How the policy names the securable.</summary>
    public ExplainedMatch Match { get; init; }

    /// <summary>
    /// Whether the policy applies at all: its schedule, the meaning of its resources and its own conditions; null when it was not
    /// asked.
    /// </summary>
    public ExplainedTruth? Holds { get; init; }

    /// <summary>The policy's own conditions.</summary>
    public IReadOnlyList<ExplainedCondition> Conditions { get => field ?? []; init; }

    /// <summary>The items that name the principal and the privilege, in the order in which they were asked.</summary>
    public IReadOnlyList<ExplainedItem> Items { get => field ?? []; init; }

    /// <summary>What of the policy gives its verdict; null without a verdict.</summary>
    public ExplainedPart? GivenBy { get; init; }
}

/// <summary>An item of a policy that names the principal and the privilege.</summary>
public sealed record ExplainedItem
{
    /// <summary>The part of the policy that it belongs to.</summary>
    public ExplainedPart Part { get; init; }

    /// <summary>Its position in that part, from 0; in a tag policy, among the items that are for this service.</summary>
    public int Index { get; init; }

    /// <summary>What in it names the principal.</summary>
    public ExplainedNaming NamedBy { get; init; }

    /// <summary>The user, group or role that it names; null for the other ways.</summary>
    public string? Name { get; init; }

    /// <summary>How the principal belongs to that group or role, from the group that lists it upwards.</summary>
    public IReadOnlyList<MemberLink> Path { get => field ?? []; init; }

    /// <summary>Whether the policy and the item's conditions hold.</summary>
    public ExplainedTruth Holds { get; init; }

    /// <summary>The item's own conditions.</summary>
    public IReadOnlyList<ExplainedCondition> Conditions { get => field ?? []; init; }

    /// <summary>Whether the item applies. What cannot be evaluated applies only where that takes access away.</summary>
    public bool Applies { get; init; }
}

/// <summary>A condition of a policy or item.</summary>
public sealed record ExplainedCondition
{
    /// <summary>What it is, for people.</summary>
    public string Description { get => field ?? ""; init; }

    /// <summary>Whether it holds.</summary>
    public ExplainedTruth Holds { get; init; }
}

/// <summary>A policy that names the securable and the privilege and has no part in the decision.</summary>
public sealed record UnaskedStep
{
    /// <summary>The policy; null when it has no id.</summary>
    public long? PolicyId { get; init; }

    /// <summary>Its name.</summary>
    public string? PolicyName { get; init; }

    /// <summary>Why it has no part.</summary>
    public ExplainedAbsence Reason { get; init; }

    /// <summary>The security zone of the policy; null outside zones.</summary>
    public string? Zone { get; init; }

    /// <summary>The tag of a tag policy; null for a resource policy.</summary>
    public string? Tag { get; init; }

    /// <summary>What it would say alone if it counted.</summary>
    public ExplainedVerdict WouldSay { get; init; }
}
