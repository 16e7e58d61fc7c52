using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>A path with wildcards, and everything below each path that fits.</summary>
internal sealed class RecursiveWildcardPattern(string text, MatcherOptions options) : ValuePattern(text, options)
{
    // "/home/" fits "/home/*" although the path, put together again, is "/home". The index puts paths together again too,
    // but knows only the usual separator.
    public override string FixedPrefix =>
        Options.PathSeparator == PathText.UsualSeparator
            ? PathText.WithoutTrailing(FixedStart(Text), Options.PathSeparator).ToString()
            : "";

    protected override bool Fits(ReadOnlySpan<char> value, string pattern)
    {
        if (value.Length == 0)
        {
            return false;
        }

        var separator = Options.PathSeparator;
        if (value.IndexOfAnyExcept(separator) < 0)
        {
            return Wildcard.IsMatch(value, pattern);
        }

        var path = PathText.Normalize(value, separator);
        var segments = PathText.Segments(path, separator);
        var patternSegments = PathText.Segments(pattern, separator);

        // Leading segments without wildcards must be equal; only from the first one with a wildcard on is each longer
        // beginning of the path held against the pattern.
        var literal = 0;
        while (literal < segments.Length
            && literal < patternSegments.Length
            && !Wildcard.Occurs(patternSegments[literal]))
        {
            if (!string.Equals(segments[literal], patternSegments[literal], StringComparison.Ordinal))
            {
                return false;
            }

            literal++;
        }

        return literal == segments.Length
            ? EndsInDirectory(value, segments, patternSegments)
            : AnyBeginningFits(path, segments, literal, pattern);
    }

    protected override bool IsPrefix(ReadOnlySpan<char> value, string pattern) =>
        Wildcard.IsPrefix(value, pattern);

    protected override bool IsParent(ReadOnlySpan<char> value, string pattern)
    {
        var separator = pattern.LastIndexOf(Options.PathSeparator);
        return separator >= 0 && Fits(PathText.WithoutTrailing(value, Options.PathSeparator), pattern[..separator]);
    }

    // "/home/" is what "/home/*" means too, although no segment follows.
    private bool EndsInDirectory(ReadOnlySpan<char> value, string[] segments, string[] patternSegments) =>
        segments.Length == patternSegments.Length
        || (value[^1] == Options.PathSeparator
            && segments.Length == patternSegments.Length - 1
            && patternSegments[^1] == "*");

    private bool AnyBeginningFits(string path, string[] segments, int first, string pattern)
    {
        var length = path[0] == Options.PathSeparator ? 1 : 0;
        for (var i = 0; i < segments.Length; i++)
        {
            length += segments[i].Length;
            if (i >= first && Wildcard.IsMatch(path.AsSpan(0, length), pattern))
            {
                return true;
            }

            length++;
        }

        return false;
    }
}
