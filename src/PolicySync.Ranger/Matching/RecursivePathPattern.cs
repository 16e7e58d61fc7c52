namespace PolicySync.Ranger;

/// <summary>A path without wildcards, and everything below it.</summary>
internal sealed class RecursivePathPattern(string text, MatcherOptions options, bool hasDirectories)
    : ValuePattern(text, options)
{
    public override string FixedPrefix =>
        PathText.WithoutTrailing(FixedStart(Text), Options.PathSeparator).ToString();

    protected override bool Fits(ReadOnlySpan<char> value, string pattern, StringComparison comparison)
    {
        var path = PathText.WithoutTrailing(pattern, Options.PathSeparator);
        return value.StartsWith(path, comparison)
            && (value.Length == path.Length || value[path.Length] == Options.PathSeparator);
    }

    protected override bool IsPrefix(ReadOnlySpan<char> value, string pattern, StringComparison comparison) =>
        hasDirectories
            ? Wildcard.IsPrefix(value, pattern, comparison)
            : pattern.AsSpan().StartsWith(value, comparison);

    protected override bool IsParent(ReadOnlySpan<char> value, string pattern, StringComparison comparison)
    {
        var path = PathText.WithoutTrailing(pattern, Options.PathSeparator);
        var separator = path.LastIndexOf(Options.PathSeparator);
        return hasDirectories
            && separator >= 0
            && PathText.WithoutTrailing(value, Options.PathSeparator).Equals(path[..separator], comparison);
    }
}
