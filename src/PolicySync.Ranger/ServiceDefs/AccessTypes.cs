using System.Collections.Frozen;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.ServiceDefs;

/// <summary>
/// The access types of a service and what each implies. Names compare without case. Those that represent a category
/// (<c>_READ</c>, <c>_ALL</c>) are what Ranger Admin sends for them; where it sends none, they give nothing. Implied grants are followed
/// for one round only, as in Ranger: if <c>admin</c> implies <c>write</c> and <c>write</c> implies <c>read</c>,
/// <c>admin</c> does not imply <c>read</c>.
/// </summary>
internal sealed class AccessTypes
{
    private const char MarkerPrefix = '_';

    private readonly Dictionary<string, string[]> _implied = new(JavaText.IgnoringCase);
    private readonly Dictionary<string, FrozenSet<string>> _sets = new(StringComparer.Ordinal);

    public AccessTypes(IReadOnlyList<RangerAccessTypeDef> types, IReadOnlyList<RangerAccessTypeDef> markers)
    {
        Names = [.. types.Select(t => t.Name).OfType<string>()];
        foreach (var type in markers.Concat(types).Where(t => t.Name is not null))
        {
            _implied[type.Name!] = [.. type.ImpliedGrants];
        }
    }

    /// <summary>Names in the order of the service definition.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The access types that come with one; empty when none do.</summary>
    public IReadOnlyList<string> ImpliedBy(string name) => _implied.GetValueOrDefault(name) ?? [];

    /// <summary>The same, except that access types of a category imply nothing: ACLs show those unchanged.</summary>
    public IReadOnlyList<string> ImpliedByWithoutMarkers(string name) =>
        name.StartsWith(MarkerPrefix) ? [] : ImpliedBy(name);

    /// <summary>
    /// What an item gives in the end, folded (<see cref="JavaText.Fold(string)"/>). Equal lists share one set, since most
    /// items of a service are alike.
    /// </summary>
    public FrozenSet<string> Expand(IReadOnlyList<RangerAccess> accesses)
    {
        var key = string.Join('\n', accesses.Select(a => a.IsAllowed ? $"+{a.Type}" : $"-{a.Type}"));
        if (!_sets.TryGetValue(key, out var set))
        {
            set = ExpandOnce(accesses).Select(JavaText.Fold).ToFrozenSet(StringComparer.Ordinal);
            _sets.Add(key, set);
        }

        return set;
    }

    // The first entry of a name counts; an implied access that the item itself switches off is switched on by what implies it.
    private HashSet<string> ExpandOnce(IReadOnlyList<RangerAccess> accesses)
    {
        var first = new Dictionary<string, bool>(JavaText.IgnoringCase);
        foreach (var access in accesses)
        {
            if (access.Type is not null)
            {
                first.TryAdd(access.Type, access.IsAllowed);
            }
        }

        var allowed = new HashSet<string>(JavaText.IgnoringCase);
        foreach (var (type, isAllowed) in first)
        {
            if (isAllowed)
            {
                allowed.Add(type);
                allowed.UnionWith(ImpliedBy(type));
            }
        }

        return allowed;
    }
}
