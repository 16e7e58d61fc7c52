using PolicySync.Core.Policies;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;

namespace PolicySync.Core.Desired;

/// <summary>
/// The parts below a resource where the policies of another security zone apply, or those outside zones. A grant reaches into
/// these parts and its policy does not, so its holder must be allowed there too, by the policies that apply there.
/// </summary>
internal sealed class ZoneBoundary
{
    /// <summary>Largest number of objects evaluated. If there are more, no grant crosses the boundary.</summary>
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

    /// <summary>A part where the principal is not allowed the access; null when it is allowed everywhere.</summary>
    public ZonePart? Missing(Subject subject, string accessType) =>
        _isTooMany ? ZonePart.Unknown : _parts.Find(part => !IsGiven(part.Elements, part.Level, subject, accessType));

    // Allowed on the object itself, or on everything in it that can have the privilege.
    private bool IsGiven(Dictionary<string, string> elements, string level, Subject subject, string accessType)
    {
        if (!LevelPrivileges.CanHave(level, accessType))
        {
            return true;
        }

        // Columns have no grants, so the evaluation itself decides.
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

/// <summary>A part below a resource where the policies of another zone apply.</summary>
/// <param name="Zone">The zone; null for the policies outside zones.</param>
/// <param name="Elements">Level to name, of one object that represents it.</param>
/// <param name="Level">The level of that object.</param>
internal sealed record ZonePart(string? Zone, Dictionary<string, string> Elements, string Level)
{
    /// <summary>More parts than can be evaluated.</summary>
    public static readonly ZonePart Unknown = new(null, [], "");

    /// <summary>The part, as text for messages.</summary>
    public string Description => this == Unknown ? "more parts of security zones than can be evaluated"
        : Zone is { } zone ? $"security zone `{zone}`" : "an object outside security zones";
}
