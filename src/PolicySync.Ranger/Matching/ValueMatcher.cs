using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>The values of one level of a policy.</summary>
internal sealed class ValueMatcher
{
    private const string Everything = "*";

    private readonly ValuePattern[] _patterns;
    private readonly bool _excludes;

    private ValueMatcher(ValuePattern[] patterns, bool excludes)
    {
        _patterns = patterns;
        _excludes = excludes;
    }

    /// <summary>Whether the policy names every value; excludes may invert that.</summary>
    public bool IsAny => _patterns.Length == 0;

    /// <summary>Whether every value matches.</summary>
    public bool IsEverything => IsAny && !_excludes;

    /// <summary>Whether a value contains a token or expression.</summary>
    public bool IsDynamic => Array.Exists(_patterns, p => p.IsDynamic);

    /// <summary>Whether a value contains an expression that this engine cannot evaluate.</summary>
    public bool IsUnknown => Array.Exists(_patterns, p => p.IsUnknown);

    /// <summary>Whether a value contains <c>*?</c>, which can be read in two ways.</summary>
    public bool IsAmbiguous => Array.Exists(_patterns, p => p.IsAmbiguous);

    /// <summary>Whether each pattern alone decides what matches: not with excludes, nor when every value matches.</summary>
    public bool IsSelective => !_excludes && !IsAny;

    public IReadOnlyList<ValuePattern> Patterns => _patterns;

    public static ValueMatcher Create(string? matcher, MatcherOptions options, RangerPolicyResource resource)
    {
        var create = PatternsFor(matcher, resource.IsRecursive, options);
        var patterns = new List<ValuePattern>(resource.Values.Count);
        foreach (var value in resource.Values)
        {
            if (value.Length == 0)
            {
                continue;
            }

            var pattern = create(value);
            if (pattern.IsAny)
            {
                patterns.Clear();
                break;
            }

            patterns.Add(pattern);
        }

        return new ValueMatcher([.. patterns], resource.IsExcludes);
    }

    /// <summary>Whether requested values match.</summary>
    /// <param name="values">What is requested, any of which may match; null, empty text and <c>*</c> ask for everything.</param>
    /// <param name="scope">How loosely a value may match.</param>
    /// <param name="context">Values of tokens and expressions.</param>
    public bool IsMatch(IReadOnlyList<string>? values, ElementScope scope, MatchContext context)
    {
        var allRequested = AsksForAll(values);
        var match = IsAny || (!(allRequested && scope != ElementScope.SelfOrPrefix) && MatchesAny(values, scope, context));

        // Excluding some values never makes a policy one for "everything" (RangerAbstractResourceMatcher.applyExcludes).
        return _excludes && (IsAny || !allRequested) ? !match : match;
    }

    /// <summary>Whether a request asks for every value of the level.</summary>
    public static bool AsksForAll(IReadOnlyList<string>? values) =>
        values is null || (values.Count == 1 && (string.IsNullOrEmpty(values[0]) || values[0] == Everything));

    private bool MatchesAny(IReadOnlyList<string>? values, ElementScope scope, MatchContext context)
    {
        for (var i = 0; i < values?.Count; i++)
        {
            foreach (var pattern in _patterns)
            {
                if (values[i] is { } value && pattern.IsMatch(value, scope, context))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // A matcher that Ranger does not have falls back to the default one there too.
    private static Func<string, ValuePattern> PatternsFor(string? matcher, bool recursive, MatcherOptions options)
    {
        var name = matcher is null ? "" : matcher[(matcher.LastIndexOf('.') + 1)..];
        return (name, recursive) switch
        {
            ("RangerPathResourceMatcher", false) => value => PathPattern.Create(value, options),
            ("RangerPathResourceMatcher", true) => value => Recursive(value, options, isUrl: false),
            ("RangerURLResourceMatcher", true) => value => Recursive(value, options, isUrl: true),
            _ => value => TextPattern.Create(value, options),
        };
    }

    private static ValuePattern Recursive(string value, MatcherOptions options, bool isUrl)
    {
        if (!options.WildCard)
        {
            return new RecursivePathPattern(value, options, hasDirectories: !isUrl);
        }

        if (value[^1] == options.PathSeparator)
        {
            value += Everything;
        }

        return value == Everything ? TextPattern.Create(value, options)
            : !Wildcard.Occurs(value) ? new RecursivePathPattern(value, options, hasDirectories: !isUrl)
            : isUrl ? new UrlPattern(value, options)
            : new RecursiveWildcardPattern(value, options);
    }
}
