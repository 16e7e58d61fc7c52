using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Resources with each token, expression and <c>*?</c> replaced by <c>*</c>: the widest meaning that they can have.</summary>
internal static class WidestResources
{
    private const string Anything = "*";

    public static PolicyResourceMatcher Of(PolicyResourceMatcher set, ResourceLevels levels)
    {
        var resources = set.Resources.ToDictionary(
            r => r.Key,
            r => levels.Find(r.Key) is { } level ? Widen(r.Value, levels.OptionsOf(level)) : r.Value);
        return new PolicyResourceMatcher(levels.Widest, resources);
    }

    // A value that a request fills in may be anything, so excluding it may exclude nothing.
    private static RangerPolicyResource Widen(RangerPolicyResource resource, MatcherOptions options)
    {
        var values = resource.Values.ConvertAll(value => Widen(value, options));
        var isChanged = !values.SequenceEqual(resource.Values);
        return new RangerPolicyResource
        {
            Values = isChanged && resource.IsExcludes ? [Anything] : values,
            IsExcludes = resource.IsExcludes && !isChanged,
            IsRecursive = resource.IsRecursive,
        };
    }

    private static string Widen(string value, MatcherOptions options)
    {
        if (options.Expressions)
        {
            value = RequestExpression.Replace(value, _ => Anything);
        }

        value = options.Tokens is { } tokens && tokens.Occurs(value) ? tokens.Replace(value, _ => Anything) : value;
        return options.WildCard ? Wildcard.Widest(value) : value;
    }
}
