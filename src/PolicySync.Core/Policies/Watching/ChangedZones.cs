using PolicySync.Core.Policies.Comparing;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Watching;

/// <summary>The resources of security zones, which decide whose policies apply.</summary>
internal static class ChangedZones
{
    /// <summary>The resources, old and new, of every zone that is new, gone, or has other resources or another kind of tag service.</summary>
    /// <param name="before">A set without its policies, in normal form.</param>
    /// <param name="after">The other one.</param>
    public static IReadOnlyList<Dictionary<string, List<string>>> Between(ServicePolicies before, ServicePolicies after) =>
    [
        .. before.SecurityZones.Keys.Union(after.SecurityZones.Keys, StringComparer.Ordinal)
            .Select(name => (Old: before.SecurityZones.GetValueOrDefault(name), New: after.SecurityZones.GetValueOrDefault(name)))
            .Where(zone => !PolicyComparison.AreEqual(zone.Old, zone.New))
            .SelectMany(zone => (zone.Old?.Resources ?? []).Concat(zone.New?.Resources ?? [])),
    ];

    /// <summary>Puts a tag of one type on each of the resources.</summary>
    public static ServiceTags Tagged(IEnumerable<Dictionary<string, List<string>>> resources, RangerServiceDef def, string type)
    {
        var recursive = def.Resources.Where(level => level.RecursiveSupported == true).Select(level => level.Name).ToHashSet(StringComparer.Ordinal);
        var tags = new ServiceTags { Tags = { ["0"] = new RangerTag { Type = type } } };
        foreach (var set in resources)
        {
            var id = tags.ServiceResources.Count;
            tags.ServiceResources.Add(new RangerServiceResource
            {
                Id = id,
                ResourceElements = set.ToDictionary(
                    level => level.Key, level => new RangerPolicyResource { Values = level.Value, IsRecursive = recursive.Contains(level.Key) }, StringComparer.Ordinal),
            });
            tags.ResourceToTagIds[id.ToString(System.Globalization.CultureInfo.InvariantCulture)] = [0];
        }

        return tags;
    }
}
