using PolicySync.Core.Policies.Sets;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>A policy of which what is evaluated differs between the current and the candidate policies.</summary>
/// <param name="Change">Whether it is added, removed or changed.</param>
/// <param name="Id">The id in Ranger: that of the current policies where they have the policy; null when it has none.</param>
/// <param name="Name">The name, in the candidate policies where they have the policy; null when it has none.</param>
/// <param name="Kind">What the policy is about.</param>
/// <param name="Zone">The security zone; null outside zones.</param>
/// <param name="Parts">What of it differs; of an added or removed policy what it has, but for items.</param>
/// <param name="Items">Which of its items differ, up to 50; of an added or removed policy all of them are added or removed.</param>
/// <param name="ItemCount">The number of its items that differ.</param>
public sealed record PolicyDifference(
    PolicyChange Change, long? Id, string? Name, PolicyKind Kind, string? Zone, IReadOnlyList<PolicyPartDifference> Parts,
    IReadOnlyList<PolicyItemDifference> Items, int ItemCount)
{
    /// <summary>Most items of a policy.</summary>
    public const int MaxItems = 50;
}

/// <summary>A part of a policy or of an item that differs, in words.</summary>
/// <param name="Part">Which part.</param>
/// <param name="Old">What it is in the current policies, up to 500 characters; null when they have none of it.</param>
/// <param name="New">What it is in the candidate policies, up to 500 characters; null when they have none of it.</param>
/// <param name="Removed">Of a part that is a list: what only the current policies have, up to 50. Empty for other parts.</param>
/// <param name="Added">Of a part that is a list: what only the candidate policies have, up to 50. Empty for other parts.</param>
public sealed record PolicyPartDifference(PolicyPart Part, string? Old, string? New, IReadOnlyList<string> Removed, IReadOnlyList<string> Added);

/// <summary>An item of a policy that differs.</summary>
/// <param name="Change">Whether it is added, removed or changed.</param>
/// <param name="Kind">Which list of the policy it is in.</param>
/// <param name="Position">Its number in that list, from 1: in the candidate policies, or in the current ones where it is removed.</param>
/// <param name="Old">The item in the current policies in words, up to 500 characters; null when it is added.</param>
/// <param name="New">The item in the candidate policies in words, up to 500 characters; null when it is removed.</param>
/// <param name="Parts">What of a changed item differs.</param>
public sealed record PolicyItemDifference(
    PolicyChange Change, PolicyItemKind Kind, int Position, string? Old, string? New, IReadOnlyList<PolicyPartDifference> Parts);

/// <summary>A part of the set that differs and is not a policy, in words.</summary>
/// <param name="Part">Which part.</param>
/// <param name="Name">The name of the zone or setting; null for other parts.</param>
/// <param name="Old">What it is in the current policies, up to 500 characters; null when they do not have it.</param>
/// <param name="New">What it is in the candidate policies, up to 500 characters; null when they do not have it.</param>
/// <param name="Removed">What only the current policies have of it, up to 50.</param>
/// <param name="Added">What only the candidate policies have of it, up to 50.</param>
public sealed record PolicySetPartDifference(
    PolicySetPart Part, string? Name, string? Old, string? New, IReadOnlyList<string> Removed, IReadOnlyList<string> Added);

/// <summary>How many policies differ.</summary>
/// <param name="Added">Policies that only the candidate set has.</param>
/// <param name="Removed">Policies that only the current set has.</param>
/// <param name="Changed">Policies that both have, and of which what is evaluated differs.</param>
/// <param name="NotEvaluated">
/// Policies that differ in nothing that is evaluated: in ids, versions, descriptions, labels or the order of names, or policies that are
/// disabled in each set that has them.
/// </param>
/// <param name="Unchanged">Policies that are the same in both.</param>
public sealed record PolicyDiffCounts(int Added, int Removed, int Changed, int NotEvaluated, int Unchanged);
