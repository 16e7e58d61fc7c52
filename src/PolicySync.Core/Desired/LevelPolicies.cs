using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;

namespace PolicySync.Core.Desired;

/// <summary>
/// The policies that apply at one resource, by what they apply to: the resource itself, something below it that they name,
/// something below it in another security zone, or anything below it once it is tagged.
/// </summary>
internal sealed class LevelPolicies
{
    private readonly HashSet<MatchedPolicy> _own;
    private readonly string _level;

    /// <param name="context">The run.</param>
    /// <param name="elements">The resource: level to name.</param>
    /// <param name="level">The level that policies must name.</param>
    /// <param name="owner">Key of the owner; null when unknown.</param>
    public LevelPolicies(DesiredContext context, IReadOnlyDictionary<string, string> elements, string level, string? owner)
    {
        _level = level;
        var (engine, resource) = (context.Policies.Engine, new RangerResource(elements, owner));
        var tags = context.Tags?.Concerning(elements);
        View = engine.ViewOf(resource, context.At, tags);
        Type = WireNames.TryParse<SecurableType>(level, out var type) ? type : null;
        // A policy of several resource sets can be both.
        Own = [.. View.TagAccess.Where(policy => policy.DecidesItself), .. View.Access.Where(policy => policy.Sets.Any(IsOwn))];
        _own = [.. Own];
        OtherZones = [.. OtherZonesIn(View).Select(zone => engine.ViewOfZone(resource, zone, context.At, tags))];
        Deeper = [.. View.TagAccess.Where(policy => !policy.DecidesItself), .. View.Access.Where(policy => !policy.Sets.All(IsOwn))];
        InOtherZones = [.. OtherZones.SelectMany(zone => zone.TagAccess.Concat(zone.Access.Where(policy => !policy.Sets.All(IsOwn))))];
        // Any object below a container may be tagged at any time; the columns of a table have been read.
        var everyTag = OtherZones.Select(zone => zone.Zone).Concat(Type?.IsContainer() == true ? [View.Zone] : [])
            .Select(context.EveryTagPolicyOf).Distinct().ToList();
        WhateverTagged = [.. everyTag.SelectMany(tags => tags.TagAccess).Distinct()];
        Guards = new GuardPolicies([View, .. OtherZones, .. everyTag], context.Items, owner);
    }

    /// <summary>What the engine shows for the resource.</summary>
    public PolicyView View { get; }

    /// <summary>The type of securable that the level is; null for a column.</summary>
    public SecurableType? Type { get; }

    /// <summary>
    /// Policies that name this level and match here, and tag policies for the resource or its containers; their allow items can
    /// become grants.
    /// </summary>
    public IReadOnlyList<MatchedPolicy> Own { get; }

    /// <summary>Policies that name something below, by its name or by a tag that it carries.</summary>
    public IReadOnlyList<MatchedPolicy> Deeper { get; }

    /// <summary>Policies of other security zones that parts of the resource are in.</summary>
    public IReadOnlyList<MatchedPolicy> InOtherZones { get; }

    /// <summary>Tag policies that apply to objects below once they are tagged.</summary>
    public IReadOnlyList<MatchedPolicy> WhateverTagged { get; }

    /// <summary>What the engine shows of other security zones that parts of the resource are in.</summary>
    public IReadOnlyList<PolicyView> OtherZones { get; }

    /// <summary>Row filters and masks at or below.</summary>
    public GuardPolicies Guards { get; }

    /// <summary>All of them.</summary>
    public IEnumerable<MatchedPolicy> All => Own.Concat(Deeper).Concat(InOtherZones).Concat(WhateverTagged).Distinct();

    /// <summary>Whether the policy decides about the resource itself.</summary>
    public bool IsOwn(MatchedPolicy policy) => _own.Contains(policy);

    /// <summary>Whether the resources are this resource, named at its own level.</summary>
    public bool IsOwn(MatchedResourceSet set) =>
        set.Match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants
        && string.Equals(RangerResources.LevelOf(set), _level, StringComparison.Ordinal);

    private static IEnumerable<string?> OtherZonesIn(PolicyView view) =>
        view.IsWhollyInZone ? [] : view.Zones.Select(string? (zone) => zone.Zone).Append(null).Distinct(StringComparer.Ordinal)
            .Where(zone => view.Zones.Count > 0 && zone != view.Zone);
}
