using PolicySync.Core.Securables;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;

namespace PolicySync.Core.Policies;

/// <summary>
/// Tags on one securable, its parents and its columns, from a source other than Ranger's tag download; they count beside
/// those of the download. Unity Catalog's tag <c>k=v</c> is a tag of type <c>k</c> whose attribute <c>value</c> is
/// <c>v</c>. An empty list means that there are no tags; without a source there is no <see cref="SecurableTags"/>.
/// </summary>
/// <param name="Resources">The tagged resources.</param>
public sealed record SecurableTags(IReadOnlyList<TaggedResource> Resources)
{
    /// <summary>
    /// The tags that concern a resource, each with how its tagged resource relates to it: the same, above it, or below.
    /// </summary>
    /// <param name="elements">Level to name, as <see cref="RangerResources.Elements"/> gives it.</param>
    public IReadOnlyList<ResourceTag> Concerning(IReadOnlyDictionary<string, string> elements) =>
    [
        .. Resources.SelectMany(resource => resource.RelationTo(elements) is var match and not ResourceMatch.None
            ? resource.Tags.Select(tag => new ResourceTag(tag.Type ?? "", tag.Attributes, tag.ValidityPeriods, match) { Resources = resource.Resources })
            : []),
    ];
}

/// <summary>One resource with its tags.</summary>
/// <param name="Elements">
/// Level to name, from the catalog down to the tagged one: <c>catalog</c>, <c>schema</c>, <c>table</c> and the like,
/// <c>column</c>. Names are names, not patterns, and compare without case.
/// </param>
/// <param name="Tags">The tags that it carries itself.</param>
public sealed record TaggedResource(IReadOnlyDictionary<string, string> Elements, IReadOnlyList<RangerTag> Tags)
{
    internal IReadOnlyDictionary<string, RangerPolicyResource> Resources =>
        Elements.ToDictionary(pair => pair.Key, pair => new RangerPolicyResource { Values = [pair.Value] }, StringComparer.Ordinal);

    internal ResourceMatch RelationTo(IReadOnlyDictionary<string, string> other) =>
        Holds(other, Elements) ? (other.Count == Elements.Count ? ResourceMatch.Self : ResourceMatch.Ancestor)
        : Holds(Elements, other) ? ResourceMatch.Descendant
        : ResourceMatch.None;

    private static bool Holds(IReadOnlyDictionary<string, string> whole, IReadOnlyDictionary<string, string> part) => part.All(pair =>
        whole.TryGetValue(pair.Key, out var name) && UnityName.Same(name, pair.Value));
}
