using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Index;

/// <summary>
/// Finds the policies that may match a resource without looking at the others. Resource sets are kept in a tree, one step
/// a level, and at each step by their values: exact ones in a hash table, patterns by what every match begins with. It
/// may find too many, never too few; each find is then held against the policy itself.
/// </summary>
internal sealed class ResourceIndex
{
    private readonly IndexNode _root = new();

    /// <summary>Adds resources.</summary>
    /// <param name="number">What to find them by.</param>
    /// <param name="set">The resources. Those that fit no hierarchy match nothing and are left out.</param>
    /// <param name="levels">The levels that the resources are made of.</param>
    public void Add(int number, PolicyResourceMatcher set, ResourceLevels levels)
    {
        if (set.Resources.Count == 0)
        {
            _root.Ends.Add(number);
        }
        else if (set.DeepestLevel is { } deepest)
        {
            var path = PathTo(deepest, levels).Select(level => (level, IndexKey.Of(set.MatcherOf(level)!))).ToList();
            Add(_root, number, path, 0, Expansions(path));
        }
    }

    /// <summary>The numbers of what may match, ascending and once each.</summary>
    public List<int> Find(RangerResource resource, Reach reach, IReadOnlyDictionary<string, ElementScope>? scopes)
    {
        var found = new List<int>();
        Find(_root, resource, resource.Names.Count, reach, scopes, found);
        found.Sort();
        return Distinct(found);
    }

    private static void Add(IndexNode node, int number, List<(string Level, IndexKey Key)> path, int depth, int expansions)
    {
        if (depth == path.Count)
        {
            node.Ends.Add(number);
            return;
        }

        // Several values at several levels multiply; past a limit a level counts as any, so that compiling stays linear.
        var (level, key) = path[depth];
        if (key.Count > expansions)
        {
            key = IndexKey.Any;
        }

        foreach (var child in node.Level(level).Place(key))
        {
            Add(child, number, path, depth + 1, expansions / key.Count);
        }
    }

    private static int Expansions(List<(string Level, IndexKey Key)> path) => 16 * path.Sum(step => step.Key.Count);

    private static void Find(
        IndexNode node,
        RangerResource resource,
        int left,
        Reach reach,
        IReadOnlyDictionary<string, ElementScope>? scopes,
        List<int> found)
    {
        if (left == 0 || reach.HasFlag(Reach.Ancestors))
        {
            found.AddRange(node.Ends);
        }

        foreach (var (name, level) in node.Levels)
        {
            var values = resource.ValuesOf(name);
            if (values is not null)
            {
                var isLoose = scopes?.GetValueOrDefault(name) is ElementScope.SelfOrChild or ElementScope.SelfOrPrefix;
                foreach (var child in isLoose ? level.All() : level.For(values))
                {
                    Find(child, resource, left - 1, reach, scopes, found);
                }
            }
            else if (left == 0)
            {
                // Below the resource: everything, or only what names all of it.
                foreach (var child in reach.HasFlag(Reach.Descendants) || resource.Names.Count == 0 ? level.All() : level.Unselective())
                {
                    Find(child, resource, left, reach, scopes, found);
                }
            }
        }
    }

    private static IEnumerable<string> PathTo(RangerResourceDef deepest, ResourceLevels levels)
    {
        var path = new Stack<string>();
        for (var level = deepest; level is not null; level = levels.ParentOf(level))
        {
            path.Push(level.Name!);
        }

        return path;
    }

    private static List<int> Distinct(List<int> sorted)
    {
        var kept = 0;
        for (var i = 0; i < sorted.Count; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1])
            {
                sorted[kept++] = sorted[i];
            }
        }

        sorted.RemoveRange(kept, sorted.Count - kept);
        return sorted;
    }
}
