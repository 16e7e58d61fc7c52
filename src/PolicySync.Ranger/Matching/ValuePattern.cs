using PolicySync.Ranger.Scripts;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>One value of a policy's resource level.</summary>
internal abstract class ValuePattern
{
    private readonly ScriptText? _script;
    private readonly string _folded;

    protected ValuePattern(string text, MatcherOptions options)
    {
        Text = text;
        _folded = JavaText.Fold(text);
        Options = options;
        _script = options.Expressions ? ScriptText.Of(text) : null;
        IsDynamic = _script is not null || options.Tokens?.Occurs(text) == true;
    }

    /// <summary>The policy's text, without the leading or trailing stars that its shape represents.</summary>
    public string Text { get; }

    /// <summary>Whether the text contains a token or expression, whose value only a request gives.</summary>
    public bool IsDynamic { get; }

    /// <summary>Whether the text contains an expression that this engine cannot evaluate.</summary>
    public bool IsUnknown => _script is { IsKnown: false };

    /// <summary>Whether the value matches everything. Checked before any wildcard, as in Ranger.</summary>
    public bool IsAny => Text.Length == 0;

    /// <summary>
    /// A prefix of every matching value, ignoring case; empty when unknown. Decides where the index keeps
    /// the policy, so it may be too short but never too long.
    /// </summary>
    public virtual string FixedPrefix => FixedStart(Text);

    /// <summary>The only value that matches, ignoring case; null when there may be others.</summary>
    public virtual string? Only => null;

    protected MatcherOptions Options { get; }

    /// <summary>
    /// Whether the value contains <c>*?</c>: one character or more as written, exactly one in the reading of the library that Ranger
    /// uses.
    /// </summary>
    public bool IsAmbiguous => Options.WildCard && Wildcard.IsAmbiguous(Text);

    /// <summary>Whether a requested value matches.</summary>
    public bool IsMatch(string value, ElementScope scope, MatchContext context)
    {
        var ignoresCase = Options.IgnoresCaseOf(value);
        var pattern = IsDynamic ? context.Expand(Text, _script, Options.Tokens) : ignoresCase ? _folded : Text;
        if (ignoresCase)
        {
            value = JavaText.Fold(value);
            pattern = IsDynamic ? JavaText.Fold(pattern) : pattern;
        }

        return Fits(value, pattern)
            || (scope == ElementScope.SelfOrPrefix && IsPrefix(value, pattern))
            || (scope == ElementScope.SelfOrChild && IsParent(value, pattern));
    }

    /// <summary>Whether a value fits; both are folded already where case makes no difference.</summary>
    protected abstract bool Fits(ReadOnlySpan<char> value, string pattern);

    protected abstract bool IsPrefix(ReadOnlySpan<char> value, string pattern);

    /// <summary>Whether the value is the directory of what the pattern names; only paths have directories.</summary>
    protected virtual bool IsParent(ReadOnlySpan<char> value, string pattern) => false;

    /// <summary>The part of a text before any wildcard, token or expression.</summary>
    protected string FixedStart(string text)
    {
        var length = IsDynamic
            ? Math.Min(Options.Tokens?.FixedLength(text) ?? text.Length, RequestExpression.FixedLength(text))
            : text.Length;
        var wildcard = text.AsSpan(0, length).IndexOfAny('*', '?');
        return text[..(wildcard < 0 ? length : wildcard)];
    }
}
