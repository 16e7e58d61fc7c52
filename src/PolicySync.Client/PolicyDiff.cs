using System.Text.Json;

namespace PolicySync.Client;

/// <summary>Policies to compare with the current ones: one of the members.</summary>
public sealed record PolicyDiffRequest
{
    /// <summary>A whole download of Ranger; null without one.</summary>
    public JsonElement? Policies { get; init; }

    /// <summary>
    /// One policy as Ranger's JSON: it replaces the one of its <c>id</c> in the current policies, is added when it has none, and removes
    /// the one of its <c>id</c> with <c>delete</c> true. Null without one.
    /// </summary>
    public JsonElement? Policy { get; init; }
}

/// <summary>A page of the policies that differ between the current and the candidate policies.</summary>
public sealed record PolicyDiff
{
    /// <summary>Whether anything that is evaluated differs.</summary>
    public bool Differs { get; init; }

    /// <summary>The result in a sentence, for people.</summary>
    public string Statement { get => field ?? ""; init; }

    /// <summary>How many policies differ, on all pages.</summary>
    public PolicyDiffCounts Counts { get => field ?? new(); init; }

    /// <summary>What differs besides policies, up to 100; the same on each page.</summary>
    public IReadOnlyList<PolicySetPartDifference> SetParts { get => field ?? []; init; }

    /// <summary>The number of such differences.</summary>
    public int SetPartCount { get; init; }

    /// <summary>The policies of this page: resource policies before tag policies, each by id.</summary>
    public IReadOnlyList<PolicyDifference> Policies { get => field ?? []; init; }

    /// <summary>The token of the next page; null on the last page.</summary>
    public string? NextPageToken { get; init; }

    /// <summary>The current policies.</summary>
    public PolicySetInfo Set { get => field ?? new(); init; }
}

/// <summary>How many policies differ.</summary>
public sealed record PolicyDiffCounts
{
    /// <summary>Policies that only the candidate set has.</summary>
    public int Added { get; init; }

    /// <summary>Policies that only the current set has.</summary>
    public int Removed { get; init; }

    /// <summary>Policies that both have, and of which what is evaluated differs.</summary>
    public int Changed { get; init; }

    /// <summary>
    /// Policies that differ in nothing that is evaluated: in ids, versions, descriptions, labels or the order of names, or policies that are
    /// disabled in each set that has them.
    /// </summary>
    public int NotEvaluated { get; init; }

    /// <summary>Policies that are the same in both.</summary>
    public int Unchanged { get; init; }
}

/// <summary>A policy of which what is evaluated differs.</summary>
public sealed record PolicyDifference
{
    /// <summary>Whether it is added, removed or changed.</summary>
    public PolicyChange Change { get; init; }

    /// <summary>The id in Ranger: that of the current policies where they have the policy; null when it has none.</summary>
    public long? Id { get; init; }

    /// <summary>The name, in the candidate policies where they have the policy; null when it has none.</summary>
    public string? Name { get; init; }

    /// <summary>What the policy is about.</summary>
    public PolicyKind Kind { get; init; }

    /// <summary>The security zone; null outside zones.</summary>
    public string? Zone { get; init; }

    /// <summary>What of it differs; of an added or removed policy what it has, but for items.</summary>
    public IReadOnlyList<PolicyPartDifference> Parts { get => field ?? []; init; }

    /// <summary>Which of its items differ, up to 50; of an added or removed policy all of them are added or removed.</summary>
    public IReadOnlyList<PolicyItemDifference> Items { get => field ?? []; init; }

    /// <summary>The number of its items that differ.</summary>
    public int ItemCount { get; init; }
}

/// <summary>A part of a policy or of an item that differs, in words.</summary>
public sealed record PolicyPartDifference
{
    /// <summary>Which part.</summary>
    public PolicyPart Part { get; init; }

    /// <summary>What it is in the current policies, up to 500 characters; null when they have none of it.</summary>
    public string? Old { get; init; }

    /// <summary>What it is in the candidate policies, up to 500 characters; null when they have none of it.</summary>
    public string? New { get; init; }

    /// <summary>Of a part that is a list: what only the current policies have, up to 50. Empty for other parts.</summary>
    public IReadOnlyList<string> Removed { get => field ?? []; init; }

    /// <summary>Of a part that is a list: what only the candidate policies have, up to 50. Empty for other parts.</summary>
    public IReadOnlyList<string> Added { get => field ?? []; init; }
}

/// <summary>An item of a policy that differs.</summary>
public sealed record PolicyItemDifference
{
    /// <summary>Whether it is added, removed or changed.</summary>
    public PolicyChange Change { get; init; }

    /// <summary>Which list of the policy it is in.</summary>
    public PolicyItemKind Kind { get; init; }

    /// <summary>Its number in that list, from 1: in the candidate policies, or in the current ones where it is removed.</summary>
    public int Position { get; init; }

    /// <summary>The item in the current policies in words, up to 500 characters; null when it is added.</summary>
    public string? Old { get; init; }

    /// <summary>The item in the candidate policies in words, up to 500 characters; null when it is removed.</summary>
    public string? New { get; init; }

    /// <summary>What of a changed item differs.</summary>
    public IReadOnlyList<PolicyPartDifference> Parts { get => field ?? []; init; }
}

/// <summary>A part of the set that differs and is not a policy, in words.</summary>
public sealed record PolicySetPartDifference
{
    /// <summary>Which part.</summary>
    public PolicySetPart Part { get; init; }

    /// <summary>The name of the zone or setting; null for other parts.</summary>
    public string? Name { get; init; }

    /// <summary>What it is in the current policies, up to 500 characters; null when they do not have it.</summary>
    public string? Old { get; init; }

    /// <summary>What it is in the candidate policies, up to 500 characters; null when they do not have it.</summary>
    public string? New { get; init; }

    /// <summary>What only the current policies have of it, up to 50.</summary>
    public IReadOnlyList<string> Removed { get => field ?? []; init; }

    /// <summary>What only the candidate policies have of it, up to 50.</summary>
    public IReadOnlyList<string> Added { get => field ?? []; init; }
}
