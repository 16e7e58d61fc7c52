using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>A path without wildcards, and everything below it.</summary>
internal sealed class RecursivePathPattern(string text, MatcherOptions options, bool hasDirectories)
    : ValuePattern(text, options)
{
    public override string FixedPrefix =>
        PathText.WithoutTrailing(FixedStart(Text), Options.PathSeparator).ToString();

    protected override bool Fits(ReadOnlySpan<char> value, string pattern)
    {
        var path = PathText.WithoutTrailing(pattern, Options.PathSeparator);
        return value.StartsWith(path, StringComparison.Ordinal)
            && (value.Length == path.Length || value[path.Length] == Options.PathSeparator);
    }

    protected override bool IsPrefix(ReadOnlySpan<char> value, string pattern) =>
        hasDirectories
            ? Wildcard.IsPrefix(value, pattern)
            : pattern.AsSpan().StartsWith(value, StringComparison.Ordinal);

    protected override bool IsParent(ReadOnlySpan<char> value, string pattern)
    {
        var path = PathText.WithoutTrailing(pattern, Options.PathSeparator);
        var separator = path.LastIndexOf(Options.PathSeparator);
        return hasDirectories
            && separator >= 0
            && PathText.WithoutTrailing(value, Options.PathSeparator).Equals(path[..separator], StringComparison.Ordinal);
    }
}
