using System.Globalization;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>Finds what of two sets differs besides their policies. Every member of a set that is evaluated is a part.</summary>
internal static class SetComparison
{
    /// <summary>Compares two sets without their policies, in their normal form.</summary>
    public static IReadOnlyList<PolicySetPartDifference> Of(ServicePolicies old, ServicePolicies @new) =>
    [
        .. Definition(PolicySetPart.ServiceDefinition, old.ServiceDef, @new.ServiceDef),
        .. TagService(old.TagPolicies, @new.TagPolicies),
        .. Zones(old.SecurityZones, @new.SecurityZones),
        .. Settings(old.ServiceConfig, @new.ServiceConfig),
    ];

    private static IEnumerable<PolicySetPartDifference> Definition(PolicySetPart part, RangerServiceDef? old, RangerServiceDef? @new)
    {
        if (!PolicyComparison.AreEqual(old, @new))
        {
            yield return Difference(part, null, Words(old), Words(@new), Elements(old), Elements(@new));
        }
    }

    private static IEnumerable<PolicySetPartDifference> TagService(TagPolicies? old, TagPolicies? @new)
    {
        if (old is null != @new is null)
        {
            return [new PolicySetPartDifference(PolicySetPart.TagService, null, old is null ? null : "a tag service", @new is null ? null : "a tag service", [], [])];
        }

        // The order of its settings is part of the digest, so all of them are one part.
        return old is null ? [] : Definition(PolicySetPart.TagService, old.ServiceDef, @new!.ServiceDef).Concat(
            PolicyComparison.AreEqual(old.ServiceConfig, @new.ServiceConfig) ? []
            : [
                Difference(
                    PolicySetPart.TagSettings, null, Count(old.ServiceConfig.Count, "settings"), Count(@new.ServiceConfig.Count, "settings"),
                    old.ServiceConfig.Keys, @new.ServiceConfig.Keys),
            ]);
    }

    private static IEnumerable<PolicySetPartDifference> Zones(Dictionary<string, SecurityZoneInfo> olds, Dictionary<string, SecurityZoneInfo> news) =>
        from name in olds.Keys.Union(news.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
        let old = olds.GetValueOrDefault(name)
        let @new = news.GetValueOrDefault(name)
        where !PolicyComparison.AreEqual(old, @new)
        select Difference(PolicySetPart.Zone, name, Words(old), Words(@new), Resources(old), Resources(@new));

    private static IEnumerable<PolicySetPartDifference> Settings(Dictionary<string, string> olds, Dictionary<string, string> news) =>
        from name in olds.Keys.Union(news.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
        let old = olds.GetValueOrDefault(name)
        let @new = news.GetValueOrDefault(name)
        let isOld = olds.ContainsKey(name)
        let isNew = news.ContainsKey(name)
        where isOld != isNew || old != @new
        select new PolicySetPartDifference(PolicySetPart.Setting, name, isOld ? "set" : null, !isNew ? null : isOld ? "set to another value" : "set", [], []);

    // Values of settings, and details that no policy names, are not shown.
    private static PolicySetPartDifference Difference(
        PolicySetPart part, string? name, string? old, string? @new, IReadOnlyCollection<string> olds, IReadOnlyCollection<string> news)
    {
        var (removed, added) = (PartWords.Only(olds, news), PartWords.Only(news, olds));
        return new PolicySetPartDifference(
            part, name, old, old == @new && removed is [] && added is [] ? $"{@new} (differs in details)" : @new, removed, added);
    }

    private static string? Words(RangerServiceDef? definition) => definition is null ? null : string.Join(", ",
        Count(definition.AccessTypes.Count, "access types"), Count(definition.Resources.Count, "levels"),
        Count(definition.DataMaskDef?.MaskTypes.Count ?? 0, "masks"), Count(definition.PolicyConditions.Count, "conditions"));

    // What policies name, with what of it is evaluated most; the rest shows as a definition that differs.
    private static List<string> Elements(RangerServiceDef? definition) => definition is null ? [] :
    [
        .. definition.AccessTypes.Select(type => $"access type {type.Name}{(type.ImpliedGrants is [] ? "" : $" with {string.Join(", ", type.ImpliedGrants)}")}"),
        .. definition.Resources.Select(level => $"level {level.Name}"),
        .. (definition.DataMaskDef?.Resources ?? []).Select(level => $"level of masks {level.Name}"),
        .. (definition.DataMaskDef?.MaskTypes ?? []).Select(mask => $"mask {mask.Name}"),
        .. (definition.RowFilterDef?.Resources ?? []).Select(level => $"level of row filters {level.Name}"),
        .. definition.PolicyConditions.Select(condition => $"condition {condition.Name}"),
    ];

    private static string? Words(SecurityZoneInfo? zone) => zone is null ? null
        : $"{Count(zone.Resources.Count, "resources")}{(zone.ContainsAssociatedTagService ? ", tag policies of its own" : "")}";

    private static List<string> Resources(SecurityZoneInfo? zone) =>
        [.. (zone?.Resources ?? []).Select(set => string.Join("; ", set.Select(level => $"{level.Key}={string.Join(", ", level.Value)}")))];

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}");
}
