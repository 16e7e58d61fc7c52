using PolicySync.Core.Securables;
using PolicySync.Ranger.Text;

namespace PolicySync.Core.Planning.Patterns;

/// <summary>
/// Names securables: 1 to 3 segments joined by dots, with <c>*</c> and <c>?</c> within a segment, without case. It
/// covers what it names and all below: <c>main</c> covers catalog <c>main</c> and every table in it, <c>*.hr</c> every
/// schema <c>hr</c>, but no catalog. Securables beside catalogs have one name, so <c>main</c> covers an external location
/// <c>main</c> too.
/// </summary>
public sealed class NamePattern
{
    private readonly string[] _segments;

    private NamePattern(string[] segments) => _segments = segments;

    /// <summary>Says what is wrong with <paramref name="text"/>, or null when it is a pattern.</summary>
    public static string? Fault(string text)
    {
        var segments = text.Split('.');
        return segments.Length > 3 ? "has more than 3 segments"
            : segments.Any(string.IsNullOrWhiteSpace) ? "has an empty segment"
            : null;
    }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ArgumentException">It has a <see cref="Fault"/>.</exception>
    public static NamePattern Parse(string text) => Fault(text) is { } fault
        ? throw new ArgumentException($"pattern `{text}` {fault}", nameof(text))
        : new NamePattern(text.Split('.', StringSplitOptions.TrimEntries));

    /// <summary>Whether <paramref name="securable"/> is what the pattern names, or lies below it.</summary>
    public bool Covers(Securable securable) =>
        securable.Parts.Count >= _segments.Length && AgreesWith(securable);

    /// <summary>
    /// Whether everything that <paramref name="other"/> covers is covered. False when that cannot be said of the texts alone, segment
    /// by segment.
    /// </summary>
    public bool CoversAllOf(NamePattern other) => other._segments.Length >= _segments.Length
        && _segments.Zip(other._segments).All(pair => Contains(UnityName.Lower(pair.First), UnityName.Lower(pair.Second)));

    /// <summary>Whether something at or below <paramref name="container"/> could be covered.</summary>
    public bool CouldCoverBelow(Securable container) => AgreesWith(container);

    /// <summary>How the names of all that is covered begin, in lower case: the pattern up to its first wildcard.</summary>
    public string Beginning => Key.IndexOfAny(['*', '?']) is var wild and >= 0 ? Key[..wild] : Key;

    /// <summary>The text in lower case: equal for patterns that differ in case only.</summary>
    public string Key => UnityName.Lower(ToString());

    /// <inheritdoc/>
    public override string ToString() => string.Join('.', _segments);

    private static bool Contains(string segment, string other) =>
        segment == other || segment == "*" || (other.IndexOfAny(['*', '?']) < 0 && Wildcard.IsGlobMatch(other, segment));

    /// <summary>Whether the segments that both have match.</summary>
    private bool AgreesWith(Securable securable) => securable.Parts.Zip(_segments)
        .All(pair => Wildcard.IsGlobMatch(pair.First, UnityName.Lower(pair.Second)));
}
