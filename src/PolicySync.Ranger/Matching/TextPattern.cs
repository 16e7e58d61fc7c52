using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>A value compared as a whole: equal, with a given start or end, or by wildcards.</summary>
internal class TextPattern : ValuePattern
{
    private readonly Shape _shape;

    private protected TextPattern(string text, Shape shape, MatcherOptions options)
        : base(text, options) => _shape = shape;

    private protected enum Shape
    {
        Equal,
        StartsWith,
        EndsWith,
        Wildcards,
    }

    public override string FixedPrefix => _shape == Shape.EndsWith ? "" : base.FixedPrefix;

    public override string? Only => _shape == Shape.Equal && !IsDynamic ? Text : null;

    public static TextPattern Create(string value, MatcherOptions options)
    {
        var (text, shape) = Analyse(value, options.WildCard);
        return new TextPattern(text, shape, options);
    }

    protected override bool Fits(ReadOnlySpan<char> value, string pattern) => _shape switch
    {
        Shape.Equal => value.Equals(pattern, StringComparison.Ordinal),
        Shape.StartsWith => value.StartsWith(pattern, StringComparison.Ordinal),
        Shape.EndsWith => value.EndsWith(pattern, StringComparison.Ordinal),
        _ => Wildcard.IsMatch(value, pattern),
    };

    protected override bool IsPrefix(ReadOnlySpan<char> value, string pattern) => _shape switch
    {
        Shape.EndsWith => true,
        Shape.Wildcards => Wildcard.IsPrefix(value, pattern),
        _ => pattern.AsSpan().StartsWith(value, StringComparison.Ordinal),
    };

    // Stars at one end only need no wildcard match; "*" alone leaves the empty text that means everything.
    private protected static (string Text, Shape Shape) Analyse(string value, bool wildCard)
    {
        if (!wildCard || !Wildcard.Occurs(value))
        {
            return (value, Shape.Equal);
        }

        var fromStart = value.TrimStart('*');
        var fromEnd = value.TrimEnd('*');
        return !Wildcard.Occurs(fromStart) ? (fromStart, Shape.EndsWith)
            : !Wildcard.Occurs(fromEnd) ? (fromEnd, Shape.StartsWith)
            : (value, Shape.Wildcards);
    }
}
