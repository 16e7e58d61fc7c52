using System.Globalization;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>Finds what of two policies differs. Every member of a policy that is evaluated is a part or an item.</summary>
internal static class PolicyComparison
{
    private static readonly RangerPolicy Nothing = new();

    /// <summary>Compares the policies of a match, which are brought into their normal form.</summary>
    /// <param name="match">The match.</param>
    /// <param name="old">The policy of the current set; null when only the candidate set has it.</param>
    /// <param name="new">The policy of the candidate set; null when only the current set has it.</param>
    public static PolicyDifference Of(PolicyMatch match, PolicyEntry? old, PolicyEntry? @new)
    {
        var resources = (Old: Words(old?.Policy), New: Words(@new?.Policy)); // levels and values in their authors' order
        foreach (var entry in new[] { old, @new }.OfType<PolicyEntry>())
        {
            PolicyContent.Normalize(entry);
        }

        var shown = (@new ?? old)!;
        var items = ItemComparison.Of(old?.Policy ?? Nothing, @new?.Policy ?? Nothing, out var order);
        List<PolicyPartDifference> parts = [.. Parts(old, @new, resources), .. order];
        return new PolicyDifference(
            match.Change, match.Id, shown.Policy.Name, shown.Kind, shown.Zone, parts, [.. items.Take(PolicyDifference.MaxItems)], items.Count);
    }

    private static IEnumerable<PolicyPartDifference> Parts(PolicyEntry? old, PolicyEntry? @new, (string? Old, string? New) resources)
    {
        var (before, after) = (old?.Policy ?? Nothing, @new?.Policy ?? Nothing);
        if (old is not null && @new is not null)
        {
            foreach (var part in Identity(old, @new))
            {
                yield return part;
            }
        }

        if (before.PolicyPriority != after.PolicyPriority)
        {
            yield return PartWords.Of(PolicyPart.Priority, old is null ? null : Priority(before), @new is null ? null : Priority(after));
        }

        if (!AreEqual(before.Resources, after.Resources) || !AreEqual(before.AdditionalResources, after.AdditionalResources))
        {
            var (olds, news) = (SetsOf(before), SetsOf(after));
            var alike = olds.Count == news.Count || olds is [] || news is []; // else whole sets are compared
            yield return PartWords.Of(
                PolicyPart.Resources, alike ? PolicyWords.Elements(olds) : [.. olds.Select(PolicyWords.Of)],
                alike ? PolicyWords.Elements(news) : [.. news.Select(PolicyWords.Of)], resources.Old, resources.New);
        }

        if (!AreEqual(before.ValiditySchedules, after.ValiditySchedules))
        {
            yield return PartWords.Of(
                PolicyPart.Validity, [.. before.ValiditySchedules.Select(PolicyWords.Of)], [.. after.ValiditySchedules.Select(PolicyWords.Of)],
                old is not null && before.ValiditySchedules is [] ? "always" : null, @new is not null && after.ValiditySchedules is [] ? "always" : null);
        }

        if (!AreEqual(before.Conditions, after.Conditions))
        {
            yield return PartWords.Of(PolicyPart.Conditions, [.. before.Conditions.Select(PolicyWords.Of)], [.. after.Conditions.Select(PolicyWords.Of)]);
        }

        if (before.IsDenyAllElse != after.IsDenyAllElse)
        {
            yield return PartWords.Of(PolicyPart.DenyAllElse, old is null ? null : YesNo(before.IsDenyAllElse), @new is null ? null : YesNo(after.IsDenyAllElse));
        }
    }

    // What an added or removed policy is called, and what it is about, are members of the difference itself.
    private static IEnumerable<PolicyPartDifference> Identity(PolicyEntry old, PolicyEntry @new)
    {
        if (old.Policy.Name != @new.Policy.Name)
        {
            yield return PartWords.Of(PolicyPart.Name, old.Policy.Name, @new.Policy.Name);
        }

        if (old.Policy.IsEnabled != @new.Policy.IsEnabled)
        {
            yield return PartWords.Of(PolicyPart.Enabled, YesNo(old.Policy.IsEnabled), YesNo(@new.Policy.IsEnabled));
        }

        if (old.Policy.PolicyType != @new.Policy.PolicyType)
        {
            yield return PartWords.Of(PolicyPart.Kind, KindOf(old), KindOf(@new));
        }

        if ((old.Zone ?? "") != (@new.Zone ?? ""))
        {
            yield return PartWords.Of(PolicyPart.Zone, old.Zone, @new.Zone);
        }
    }

    /// <summary>Whether two parts of normal forms are evaluated alike.</summary>
    internal static bool AreEqual<T>(T old, T @new) => RangerJson.Write(old).AsSpan().SequenceEqual(RangerJson.Write(@new));

    private static List<Dictionary<string, RangerPolicyResource>> SetsOf(RangerPolicy policy) =>
        [.. policy.AdditionalResources.Prepend(policy.Resources).Where(static set => set.Count > 0)];

    private static string? Words(RangerPolicy? policy) =>
        policy is null || SetsOf(policy) is not { Count: > 0 } sets ? null : string.Join(" | ", sets.Select(PolicyWords.Of));

    // A tag policy, and one of a type without a name here, differ by the number of the type.
    private static string KindOf(PolicyEntry entry) => entry.Kind is PolicyKind.Tag or PolicyKind.Other
        ? string.Create(CultureInfo.InvariantCulture, $"{WireNames.Of(entry.Kind)} (type {entry.Policy.PolicyType})")
        : WireNames.Of(entry.Kind);

    private static string Priority(RangerPolicy policy) => policy.PolicyPriority switch
    {
        0 => "normal",
        1 => "override",
        var other => other.ToString(CultureInfo.InvariantCulture),
    };

    private static string YesNo(bool value) => value ? "yes" : "no";
}
