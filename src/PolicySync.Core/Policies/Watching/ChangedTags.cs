using System.Globalization;
using System.Text;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;

namespace PolicySync.Core.Policies.Watching;

/// <summary>The tags that a resource carries in one of two versions and not in the other.</summary>
internal static class ChangedTags
{
    /// <summary>
    /// Finds them, as a tag download of their own. Their periods of validity are left out: a tag that has ended, or that has not started,
    /// decides when the state changes next.
    /// </summary>
    /// <param name="before">The tags of one version.</param>
    /// <param name="after">The tags of the other.</param>
    /// <param name="policies">The tag policies of both: a tag that none of them can name is left out.</param>
    public static ServiceTags Between(ServiceTags before, ServiceTags after, IReadOnlyCollection<RangerPolicy> policies)
    {
        var (olds, news) = (ByText(before), ByText(after));
        var named = NamedTypes(policies);
        return Make([
            .. olds.Where(tag => !news.ContainsKey(tag.Key)).Concat(news.Where(tag => !olds.ContainsKey(tag.Key))).Select(tag => tag.Value)
                .Where(tag => named?.Contains(tag.Tag.Type ?? "") != false),
        ]);
    }

    // Null when any type may be named. The definition of a tag service may let names match without case.
    private static HashSet<string>? NamedTypes(IReadOnlyCollection<RangerPolicy> policies)
    {
        var levels = policies.SelectMany(policy => policy.AdditionalResources.Prepend(policy.Resources)).SelectMany(set => set.Values).ToList();
        return levels.TrueForAll(NamedResources.IsLiteral) ? levels.SelectMany(level => level.Values).ToHashSet(JavaText.IgnoringCase) : null;
    }

    /// <summary>All tags of a version, in the same form.</summary>
    public static ServiceTags Of(ServiceTags tags) => Make([.. ByText(tags).Values]);

    private static ServiceTags Make(List<(Dictionary<string, RangerPolicyResource> Resource, RangerTag Tag)> tags)
    {
        var made = new ServiceTags();
        foreach (var (number, (resource, tag)) in tags.Index())
        {
            var id = number.ToString(CultureInfo.InvariantCulture);
            made.ServiceResources.Add(new RangerServiceResource { Id = number, ResourceElements = resource });
            made.Tags[id] = new RangerTag { Type = tag.Type, Attributes = tag.Attributes };
            made.ResourceToTagIds[id] = [number];
        }

        return made;
    }

    private static Dictionary<string, (Dictionary<string, RangerPolicyResource> Resource, RangerTag Tag)> ByText(ServiceTags tags)
    {
        var found = new Dictionary<string, (Dictionary<string, RangerPolicyResource>, RangerTag)>(StringComparer.Ordinal);
        foreach (var resource in tags.ServiceResources)
        {
            var place = Text(PolicyContent.Sorted(resource.ResourceElements));
            foreach (var id in tags.ResourceToTagIds.GetValueOrDefault(resource.Id?.ToString(CultureInfo.InvariantCulture) ?? "", []))
            {
                if (tags.Tags.TryGetValue(id.ToString(CultureInfo.InvariantCulture), out var tag))
                {
                    // The same tag may be on the same resource more than once, and each time it makes its policies apply again.
                    var key = $"{place}\n{Text(Sorted(tag))}";
                    for (var time = 2; !found.TryAdd(key, (resource.ResourceElements, tag)); time++)
                    {
                        key = string.Create(CultureInfo.InvariantCulture, $"{place}\n{Text(Sorted(tag))}\n{time}");
                    }
                }
            }
        }

        return found;
    }

    private static RangerTag Sorted(RangerTag tag) => new()
    {
        Type = tag.Type,
        Attributes = tag.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
        ValidityPeriods = tag.ValidityPeriods,
    };

    private static string Text<T>(T part) => Encoding.UTF8.GetString(RangerJson.Write(part));
}
