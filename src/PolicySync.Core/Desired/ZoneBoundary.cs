using PolicySync.Core.Policies;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;

namespace PolicySync.Core.Desired;

/// <summary>
/// Where below a resource the policies of another security zone begin, or those outside zones. A grant reaches across;
/// what gives it does not: whoever is to hold it must be given it there too, by the policies that count there.
/// </summary>
internal sealed class ZoneBoundary
{
    /// <summary>Objects that are looked at. Past it nothing is handed down.</summary>
    private const int MaxObjects = 256;

    private readonly DesiredContext _context;
    private readonly Representatives _representatives;
    private readonly List<ZonePart> _parts;
    private readonly bool _isTooMany;
    private readonly Dictionary<string, PolicyView> _views = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LevelDecider> _deciders = new(StringComparer.Ordinal);

    public ZoneBoundary(DesiredContext context, IReadOnlyDictionary<string, string> elements, string level, LevelPolicies policies)
    {
        _context = context;
        _representatives = new Representatives(elements, policies.All, policies.View.Zones);
        var named = policies.View.Zones.Where(zone => zone.Set.Match != ResourceMatch.Ancestor && !policies.IsOwn(zone.Set))
            .SelectMany(zone => _representatives.Of(zone.Set).Select(below => (Elements: below, Level: RangerResources.LevelOf(zone.Set))));
        var looked = named.Concat(_representatives.AllBelow(elements, level, below => ZoneOf(below) == policies.View.Zone))
            .Take(MaxObjects + 1).ToList();
        _isTooMany = looked.Count > MaxObjects;
        _parts = [.. looked.Select(below => new ZonePart(ZoneOf(below.Elements), below.Elements, below.Level))
            .Where(part => part.Zone != policies.View.Zone)];
    }

    /// <summary>A part for which the principal is not given the access; null when it is given it throughout.</summary>
    public ZonePart? Missing(Subject subject, string accessType) =>
        _isTooMany ? ZonePart.Unknown : _parts.Find(part => !IsGiven(part.Elements, part.Level, subject, accessType));

    // Given as a whole, or on each of the things in it that can have it.
    private bool IsGiven(Dictionary<string, string> elements, string level, Subject subject, string accessType)
    {
        if (!LevelPrivileges.CanHave(level, accessType))
        {
            return true;
        }

        // No grant is placed on a column: it is given to whom evaluation gives it.
        if (level == RangerResources.Column)
        {
            return ViewOf(elements).Evaluate(subject, accessType).Verdict == AccessVerdict.Allowed;
        }

        if (DeciderOf(elements, level).Decide(subject, accessType).IsAllowed)
        {
            return true;
        }

        var inside = level == RangerResources.LevelOf(SecurableType.Table) ? [] : RangerResources.LevelsIn(level)
            .Where(inner => LevelPrivileges.CanHave(inner, accessType)).ToList();
        return inside.Count > 0 && inside.TrueForAll(inner => _representatives.In(elements, inner).All(below => IsGiven(below, inner, subject, accessType)));
    }

    private string? ZoneOf(Dictionary<string, string> elements) => _context.Policies.Engine.ZoneOf(new RangerResource(elements));

    private PolicyView ViewOf(Dictionary<string, string> elements)
    {
        var key = Representatives.KeyOf(elements, RangerResources.Column);
        if (!_views.TryGetValue(key, out var view))
        {
            _views[key] = view = _context.Policies.Engine.ViewOf(
                new RangerResource(elements), _context.At, _context.Tags?.Concerning(elements));
        }

        return view;
    }

    private LevelDecider DeciderOf(Dictionary<string, string> elements, string level)
    {
        var key = Representatives.KeyOf(elements, level);
        if (!_deciders.TryGetValue(key, out var decider))
        {
            _deciders[key] = decider = new LevelDecider(_context, elements, level, owner: null);
        }

        return decider;
    }
}

/// <summary>Something below a resource where the policies of another zone count.</summary>
/// <param name="Zone">The zone; null for the policies outside zones.</param>
/// <param name="Elements">Level to name, of one object that stands for it.</param>
/// <param name="Level">The level of that object.</param>
internal sealed record ZonePart(string? Zone, Dictionary<string, string> Elements, string Level)
{
    /// <summary>More parts than can be looked at.</summary>
    public static readonly ZonePart Unknown = new(null, [], "");

    /// <summary>What it is, for people.</summary>
    public string Description => this == Unknown ? "more parts of security zones than can be looked at"
        : Zone is { } zone ? $"security zone `{zone}`" : "what lies outside security zones";
}
