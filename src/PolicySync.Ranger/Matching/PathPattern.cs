namespace PolicySync.Ranger.Matching;

/// <summary>A path compared as a whole, but aware of its directory.</summary>
internal sealed class PathPattern : TextPattern
{
    private PathPattern(string text, Shape shape, MatcherOptions options)
        : base(text, shape, options)
    {
    }

    public static new PathPattern Create(string value, MatcherOptions options)
    {
        var (text, shape) = Analyse(value, options.WildCard);
        return new PathPattern(text, shape, options);
    }

    protected override bool IsParent(ReadOnlySpan<char> value, string pattern)
    {
        var separator = pattern.LastIndexOf(Options.PathSeparator);
        return separator >= 0 && Fits(PathText.WithoutTrailing(value, Options.PathSeparator), pattern[..separator]);
    }
}
