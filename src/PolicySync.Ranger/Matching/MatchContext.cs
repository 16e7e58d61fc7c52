using PolicySync.Ranger.Scripts;

namespace PolicySync.Ranger.Matching;

/// <summary>What a request gives for tokens and expressions in policy values.</summary>
internal sealed class MatchContext
{
    private readonly IReadOnlyDictionary<string, string> _tokens;
    private readonly ScriptScope? _scope;

    /// <summary>A context.</summary>
    /// <param name="tokens">Token name to value.</param>
    /// <param name="scope">The scope of expressions; null leaves them as text, as without a request.</param>
    public MatchContext(IReadOnlyDictionary<string, string> tokens, ScriptScope? scope)
    {
        _tokens = tokens;
        _scope = scope;
    }

    /// <summary>No request: tokens and expressions stay as they are written.</summary>
    public static MatchContext None { get; } = new(new Dictionary<string, string>(), scope: null);

    /// <summary>Expands expressions, then tokens, since values may contain tokens. Without any token value Ranger does not even unescape.</summary>
    public string Expand(string text, ScriptText? script, TokenSyntax? tokens)
    {
        if (script is not null && _scope is not null)
        {
            text = script.Fill(_scope);
        }

        return tokens is not null && _tokens.Count > 0
            ? tokens.Replace(text, name => _tokens.GetValueOrDefault(name))
            : text;
    }
}
