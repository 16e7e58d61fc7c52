namespace PolicySync.Ranger;

/// <summary>What a request gives for tokens and expressions in policy values.</summary>
internal sealed class MatchContext
{
    private readonly IReadOnlyDictionary<string, string> _tokens;
    private readonly Func<string, string>? _expressions;

    /// <summary>A context.</summary>
    /// <param name="tokens">Token name to value.</param>
    /// <param name="expressions">Evaluates an expression; null leaves expressions as text, as where there is no request.</param>
    public MatchContext(IReadOnlyDictionary<string, string> tokens, Func<string, string>? expressions)
    {
        _tokens = tokens;
        _expressions = expressions;
    }

    /// <summary>No request: tokens and expressions stay as they are written.</summary>
    public static MatchContext None { get; } = new(new Dictionary<string, string>(), expressions: null);

    /// <summary>Expressions first, for their values may hold tokens; with no tokens at all Ranger does not even unescape.</summary>
    public string Expand(string text, MatcherOptions options)
    {
        if (options.Expressions && _expressions is not null)
        {
            text = RequestExpression.Replace(text, _expressions);
        }

        return options.Tokens is not null && _tokens.Count > 0
            ? options.Tokens.Replace(text, name => _tokens.GetValueOrDefault(name))
            : text;
    }
}
