using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>A URL with wildcards, and everything below each URL that fits.</summary>
internal sealed class UrlPattern(string text, MatcherOptions options) : ValuePattern(text, options)
{
    // Ranger trims the requested URL and puts it together again, so no prefix is known.
    public override string FixedPrefix => "";

    protected override bool Fits(ReadOnlySpan<char> value, string pattern)
    {
        var url = value.Trim();
        var scheme = url.IndexOf("://");
        if (scheme < 0 || url.Contains(":///", StringComparison.Ordinal))
        {
            return false;
        }

        var start = url.IndexOf(':') + "://".Length;
        var segments = PathText.Segments(url[(start - 1)..].ToString(), Options.PathSeparator);
        if (segments.Length == 0)
        {
            return Wildcard.IsMatch(value, pattern);
        }

        var path = string.Concat(url[..start], string.Join(Options.PathSeparator, segments));
        var length = start;
        foreach (var segment in segments)
        {
            length += segment.Length;
            if (Wildcard.IsMatch(path.AsSpan(0, length), pattern))
            {
                return true;
            }

            length++;
        }

        return url[^1] == Options.PathSeparator
            && Wildcard.IsMatch(path + Options.PathSeparator, pattern);
    }

    protected override bool IsPrefix(ReadOnlySpan<char> value, string pattern) =>
        Wildcard.IsPrefix(value, pattern);
}
