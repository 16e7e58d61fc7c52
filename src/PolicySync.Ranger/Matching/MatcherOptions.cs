using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>How the values of one resource level compare, from the <c>matcherOptions</c> of its definition.</summary>
internal sealed class MatcherOptions
{
    private const string QuoteCharsDefault = "\"";

    private readonly IReadOnlyDictionary<string, string> _options;
    private readonly bool _ignoreCase;
    private readonly string? _quoteChars;

    public MatcherOptions(IReadOnlyDictionary<string, string> options)
    {
        _options = options;
        _ignoreCase = Flag("ignoreCase", true);
        _quoteChars = Flag("quotedCaseSensitive", false) ? Text("quoteChars", QuoteCharsDefault) : null;
        WildCard = Flag("wildCard", true);
        PathSeparator = Char("pathSeparatorChar", PathText.UsualSeparator);
        Expressions = Flag("replaceReqExpressions", true);
        Tokens = Flag("replaceTokens", true)
            ? TokenSyntax.Create(
                Char("tokenDelimiterStart", '{'),
                Char("tokenDelimiterEnd", '}'),
                Char("tokenDelimiterEscape", '\\'),
                Text("tokenDelimiterPrefix", ""))
            : null;
    }

    /// <summary>Whether <c>*</c> and <c>?</c> in policy values are wildcards.</summary>
    public bool WildCard { get; }

    /// <summary>What separates the segments of a path.</summary>
    public char PathSeparator { get; }

    /// <summary>Whether <c>${{…}}</c> in policy values is evaluated.</summary>
    public bool Expressions { get; }

    /// <summary>How tokens are written; null when they are not replaced.</summary>
    public TokenSyntax? Tokens { get; }

    /// <summary>A requested value in quotes is compared as it is written, where the service quotes names that keep their case.</summary>
    public bool IgnoresCaseOf(ReadOnlySpan<char> requested) =>
        _ignoreCase && !(_quoteChars is not null && requested.Length > 0 && _quoteChars.Contains(requested[0]));

    // Java reads anything but "true" as false, an empty text as absent.
    private bool Flag(string name, bool absent) =>
        _options.TryGetValue(name, out var text) && text.Length > 0
            ? JavaText.EqualsIgnoringCase(text, "true")
            : absent;

    private char Char(string name, char absent) =>
        _options.TryGetValue(name, out var text) && text.Length > 0 ? text[0] : absent;

    private string Text(string name, string absent) =>
        _options.TryGetValue(name, out var text) && text.Length > 0 ? text : absent;
}
