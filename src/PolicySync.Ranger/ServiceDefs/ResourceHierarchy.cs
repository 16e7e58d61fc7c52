using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.ServiceDefs;

/// <summary>A way from a root level down to a level where a policy may end: database, table, column.</summary>
internal sealed class ResourceHierarchy(IReadOnlyList<RangerResourceDef> levels)
{
    private readonly HashSet<string> _names = [.. levels.Select(l => l.Name!)];

    public IReadOnlyList<RangerResourceDef> Levels => levels;

    public bool HasAll(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (!_names.Contains(name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the resource names levels of this hierarchy only, and none without those above.</summary>
    public bool Leads(RangerResource resource)
    {
        var named = 0;
        while (named < levels.Count && resource.ValuesOf(levels[named].Name!) is not null)
        {
            named++;
        }

        return named == resource.Names.Count;
    }

    /// <summary>Whether the names lack a level above one that they include: a table without its database.</summary>
    public bool HasGap(Func<string, bool> isNamed)
    {
        var skipped = false;
        foreach (var level in levels)
        {
            var named = isNamed(level.Name!);
            if (named && skipped)
            {
                return true;
            }

            skipped |= !named;
        }

        return false;
    }
}
