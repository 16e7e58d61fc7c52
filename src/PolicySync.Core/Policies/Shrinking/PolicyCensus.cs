using System.Globalization;
using System.IO.Enumeration;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Shrinking;

/// <summary>Counts what a download holds, part by part.</summary>
internal static class PolicyCensus
{
    /// <summary>
    /// So many names of one kind are counted apart, the first in order: counts are stored in one row, which has room for
    /// some thousand keys.
    /// </summary>
    private const int MaxNames = 200;

    /// <summary>Names longer than this are counted among all and not apart.</summary>
    private const int MaxName = 100;

    private const string TagLevel = "tag";

    /// <summary>The counts of <paramref name="download"/>.</summary>
    public static PolicyCounts Of(PolicyDownload download)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var policies = download.Policies;
        var ofResources = new RestrictionCounts(policies.ServiceDef, policies.ServiceDef, ofTags: false);
        foreach (var policy in (policies.Policies ?? []).Concat(policies.SecurityZones.Values.SelectMany(zone => zone.Policies ?? [])).Where(policy => policy.IsEnabled))
        {
            ofResources.Add(policy);
        }

        var ofTags = new RestrictionCounts(policies.TagPolicies?.ServiceDef, policies.ServiceDef, ofTags: true);
        var restricting = new List<RangerPolicy>();
        foreach (var policy in (policies.TagPolicies?.Policies ?? []).Where(policy => policy.IsEnabled))
        {
            if (ofTags.Add(policy))
            {
                restricting.Add(policy);
            }
        }

        AddAll(counts, ofResources.Counts(RestrictionCounts.Policies).Concat(ofTags.Counts(RestrictionCounts.TagPolicies)));
        CountZones(counts, policies.SecurityZones);
        CountDefinitions(counts, policies);
        CountRoles(counts, download.Roles, ofResources.Roles.Concat(ofTags.Roles));
        CountUsers(counts, download.UserStore, [.. ofResources.Groups.Concat(ofTags.Groups)]);
        CountTags(counts, download.Tags, [.. restricting.SelectMany(TagsNamedBy).Distinct(StringComparer.Ordinal)]);
        return new PolicyCounts(counts);
    }

    private static void CountZones(Dictionary<string, long> counts, Dictionary<string, SecurityZoneInfo> zones)
    {
        counts["zones"] = zones.Count;
        counts["zones.resources"] = zones.Values.Sum(Resources);
        counts["zones.policies"] = zones.Values.Sum(zone => (long)(zone.Policies?.Count(policy => policy.IsEnabled) ?? 0));
        AddAll(counts, Named("zones.zone/", zones.Keys, name => Resources(zones[name])));

        static long Resources(SecurityZoneInfo zone) => zone.Resources.Sum(set => (long)set.Values.Sum(values => values.Count));
    }

    private static void CountDefinitions(Dictionary<string, long> counts, ServicePolicies policies)
    {
        var def = policies.ServiceDef;
        counts["definition.accessTypes"] = def?.AccessTypes.Count ?? 0;
        counts["definition.levels"] = def?.Resources.Count ?? 0;
        counts["definition.maskLevels"] = def?.DataMaskDef?.Resources.Count ?? 0;
        counts["definition.maskTypes"] = def?.DataMaskDef?.MaskTypes.Count ?? 0;
        counts["definition.filterLevels"] = def?.RowFilterDef?.Resources.Count ?? 0;
        counts["definition.implied"] = def?.AccessTypes.Sum(type => (long)type.ImpliedGrants.Count) ?? 0;
        counts["definition.tagAccessTypes"] = policies.TagPolicies?.ServiceDef?.AccessTypes
            .Count(type => type.Name?.StartsWith($"{def?.Name}:", StringComparison.Ordinal) is true) ?? 0;
    }

    private static void CountRoles(Dictionary<string, long> counts, RangerRoles? roles, IEnumerable<string> named)
    {
        counts["roles"] = roles is null ? 0 : 1;
        var byName = (roles?.Roles ?? []).Where(role => role.Name is { Length: > 0 }).DistinctBy(role => role.Name!).ToDictionary(role => role.Name!, StringComparer.Ordinal);
        counts["roles.roles"] = byName.Count;
        counts["roles.members"] = byName.Values.Sum(role => (long)role.Users.Count + role.Groups.Count + role.Roles.Count);
        AddAll(counts, Named("roles.role/", named, name => byName.ContainsKey(name) ? 1 + Members(name) : 0));

        long Members(string name)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal) { name };
            var open = new Stack<string>(seen);
            var members = 0L;
            while (open.TryPop(out var next))
            {
                if (byName.TryGetValue(next, out var role))
                {
                    members += role.Users.Count + role.Groups.Count;
                    foreach (var inner in role.Roles.Select(contained => contained.Name).OfType<string>())
                    {
                        if (seen.Add(inner))
                        {
                            open.Push(inner);
                        }
                    }
                }
            }

            return members;
        }
    }

    private static void CountUsers(Dictionary<string, long> counts, RangerUserStore? store, HashSet<string> groups)
    {
        counts["users"] = store is null ? 0 : 1;
        counts["users.users"] = store?.UserGroupMapping.Count ?? 0;
        counts["users.attributes"] = (store?.UserAttrMapping.Count ?? 0) + (store?.GroupAttrMapping.Count ?? 0);
        var memberships = 0L;
        var users = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var of in store?.UserGroupMapping.Values ?? Enumerable.Empty<IReadOnlyList<string>>())
        {
            memberships += of.Count;
            foreach (var group in of)
            {
                if (groups.Contains(group))
                {
                    users[group] = users.GetValueOrDefault(group) + 1;
                }
            }
        }

        counts["users.memberships"] = memberships;
        AddAll(counts, Named("users.group/", groups, name => users.GetValueOrDefault(name)));
    }

    private static void CountTags(Dictionary<string, long> counts, ServiceTags? tags, IReadOnlyList<string> restricting)
    {
        counts["tags"] = tags is null ? 0 : 1;
        var resources = 0L;
        var byType = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var resource in (tags?.ServiceResources ?? []).Where(resource => resource.ResourceElements.Count > 0))
        {
            // As evaluation finds them: a resource without id, or whose tags are not there, has none.
            var types = tags!.ResourceToTagIds.GetValueOrDefault(resource.Id?.ToString(CultureInfo.InvariantCulture) ?? "", [])
                .Select(id => tags.Tags.GetValueOrDefault(id.ToString(CultureInfo.InvariantCulture))).Where(tag => tag?.Type is { Length: > 0 }).ToList();
            resources += types.Count > 0 ? 1 : 0;
            foreach (var type in types.Select(tag => tag!.Type!).Distinct(StringComparer.Ordinal))
            {
                byType[type] = byType.GetValueOrDefault(type) + 1;
            }
        }

        counts["tags.resources"] = resources;
        counts["tags.attributes"] = tags?.Tags.Values.Sum(tag => (long)tag.Attributes.Count) ?? 0;
        AddAll(counts, Named("tags.tag/", restricting, pattern =>
            byType.Where(type => FileSystemName.MatchesSimpleExpression(pattern, type.Key)).Sum(type => type.Value)));
    }

    private static IEnumerable<string> TagsNamedBy(RangerPolicy policy) => policy.AdditionalResources.Prepend(policy.Resources)
        .SelectMany(set => set.TryGetValue(TagLevel, out var tag) ? tag.IsExcludes || tag.Values.Count == 0 ? ["*"] : tag.Values : []);

    private static IEnumerable<KeyValuePair<string, long>> Named(string key, IEnumerable<string> names, Func<string, long> count) => names
        .Where(name => name.Length <= MaxName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxNames)
        .Select(name => new KeyValuePair<string, long>(key + name, count(name)));

    private static void AddAll(Dictionary<string, long> counts, IEnumerable<KeyValuePair<string, long>> more)
    {
        foreach (var (key, count) in more)
        {
            counts[key] = count;
        }
    }
}
