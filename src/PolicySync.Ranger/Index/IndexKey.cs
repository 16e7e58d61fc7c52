using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Index;

/// <summary>By what a level of a policy is found: the values that alone match it, and beginnings that its matches have.</summary>
internal sealed class IndexKey
{
    private IndexKey(IReadOnlyList<string> exact, IReadOnlyList<string> prefixes)
    {
        Exact = exact;
        Prefixes = prefixes;
    }

    /// <summary>Anything may match.</summary>
    public static IndexKey Any { get; } = new([], [""]);

    /// <summary>Values, folded.</summary>
    public IReadOnlyList<string> Exact { get; }

    /// <summary>Prefixes, folded; the empty one when unknown.</summary>
    public IReadOnlyList<string> Prefixes { get; }

    public int Count => Exact.Count + Prefixes.Count;

    public static IndexKey Of(ValueMatcher matcher)
    {
        if (!matcher.IsSelective)
        {
            return Any;
        }

        var exact = matcher.Patterns.Select(p => p.Only).OfType<string>().Select(Fold).Distinct(StringComparer.Ordinal);
        var prefixes = matcher.Patterns.Where(p => p.Only is null).Select(p => Fold(p.FixedPrefix)).Distinct(StringComparer.Ordinal);
        var key = new IndexKey([.. exact], [.. prefixes]);
        return key.Prefixes.Contains("") ? Any : key;
    }

    // Levels that compare with case are folded too: finding too many is allowed.
    public static string Fold(string text) => JavaText.Fold(text);
}
