using PolicySync.Ranger.Matching;

namespace PolicySync.Ranger.Index;

/// <summary>One level below a step of the index: the next steps, by value and by beginning of values.</summary>
internal sealed class IndexLevel
{
    private readonly Dictionary<string, IndexNode> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IndexNode> _prefixes = new(StringComparer.Ordinal);

    // The lengths that occur: a look-up tries each of them once, however many prefixes there are.
    private readonly SortedSet<int> _prefixLengths = [];

    /// <summary>The steps for a key, created if missing.</summary>
    public IEnumerable<IndexNode> Place(IndexKey key)
    {
        foreach (var value in key.Exact)
        {
            yield return NodeAt(_exact, value);
        }

        foreach (var prefix in key.Prefixes)
        {
            _prefixLengths.Add(prefix.Length);
            yield return NodeAt(_prefixes, prefix);
        }
    }

    /// <summary>Every step.</summary>
    public IEnumerable<IndexNode> All() => _exact.Values.Concat(_prefixes.Values);

    /// <summary>The step of what names every value.</summary>
    public IEnumerable<IndexNode> Unselective() => _prefixes.TryGetValue("", out var node) ? [node] : [];

    /// <summary>The steps that requested values may lead to. One may come twice when there are several values.</summary>
    public IEnumerable<IndexNode> For(IReadOnlyList<string> values) =>
        values.Count == 0 || ValueMatcher.AsksForAll(values) ? Unselective() : values.SelectMany(For);

    private IEnumerable<IndexNode> For(string value)
    {
        var folded = IndexKey.Fold(value);
        if (_exact.TryGetValue(folded, out var exact))
        {
            yield return exact;
        }

        foreach (var node in Starting(folded))
        {
            yield return node;
        }

        // Recursive path patterns see a path with its separators put right.
        var normal = PathText.Normalize(folded, PathText.UsualSeparator);
        foreach (var node in normal == folded ? [] : Starting(normal))
        {
            yield return node;
        }
    }

    private IEnumerable<IndexNode> Starting(string value)
    {
        var prefixes = _prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new List<IndexNode>();
        foreach (var length in _prefixLengths)
        {
            if (length > value.Length)
            {
                break;
            }

            if (prefixes.TryGetValue(value.AsSpan(0, length), out var node))
            {
                found.Add(node);
            }
        }

        return found;
    }

    private static IndexNode NodeAt(Dictionary<string, IndexNode> nodes, string key)
    {
        if (!nodes.TryGetValue(key, out var node))
        {
            node = new IndexNode();
            nodes.Add(key, node);
        }

        return node;
    }
}
