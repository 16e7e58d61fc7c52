using System.Globalization;
using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Tags;

/// <summary>Which tags a resource has: its own, those of what contains it, and on demand those of what it contains.</summary>
internal sealed class TagStore
{
    private readonly List<(PolicyResourceMatcher Matcher, ResourceTag[] Tags)> _resources = [];
    private readonly ResourceIndex _index = new();
    private readonly ResourceTag[] _all;

    public TagStore(ServiceTags tags, ResourceLevels levels)
    {
        _all = [.. tags.Tags.Values.Select(tag => Tag(tag, ResourceMatch.Descendant))];
        foreach (var resource in tags.ServiceResources)
        {
            var matcher = new PolicyResourceMatcher(levels, resource.ResourceElements);
            _index.Add(_resources.Count, matcher, levels);
            _resources.Add((matcher, [.. TagsOf(resource, tags).Select(tag => Tag(tag, ResourceMatch.Self) with { Resources = resource.ResourceElements })]));
        }
    }

    /// <summary>The tags of a resource, each with how its tagged resource relates to the requested one.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="withDescendants">Whether tags of what lies below count too, as they do for "any access".</param>
    /// <param name="scopes">How loosely levels may match.</param>
    /// <param name="context">Values of tokens and expressions.</param>
    public IReadOnlyList<ResourceTag> TagsOf(
        RangerResource resource,
        bool withDescendants,
        IReadOnlyDictionary<string, ElementScope>? scopes,
        MatchContext context)
    {
        if (resource.Names.Count == 0 && withDescendants)
        {
            return _all;
        }

        var found = new List<ResourceTag>();
        var reach = Reach.Ancestors | (withDescendants ? Reach.Descendants : Reach.Self);
        foreach (var number in _index.Find(resource, reach, scopes))
        {
            var match = _resources[number].Matcher.Match(resource, scopes, context);
            if (match != ResourceMatch.None && (match != ResourceMatch.Descendant || withDescendants))
            {
                found.AddRange(_resources[number].Tags.Select(tag => tag with { Match = match }));
            }
        }

        return found;
    }

    private static IEnumerable<RangerTag> TagsOf(RangerServiceResource resource, ServiceTags tags) =>
        tags.ResourceToTagIds.GetValueOrDefault(resource.Id?.ToString(CultureInfo.InvariantCulture) ?? "", [])
            .Select(id => tags.Tags.GetValueOrDefault(id.ToString(CultureInfo.InvariantCulture)))
            .OfType<RangerTag>();

    private static ResourceTag Tag(RangerTag tag, ResourceMatch match) =>
        new(tag.Type ?? "", tag.Attributes, tag.ValidityPeriods, match);
}
