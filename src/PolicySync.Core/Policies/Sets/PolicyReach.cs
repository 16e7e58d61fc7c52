using System.IO.Enumeration;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Sets;

/// <summary>Whether the resources of a policy were meant for a securable, also where Ranger lets them match nothing.</summary>
internal static class PolicyReach
{
    /// <summary>
    /// Whether a policy of these resources was meant for <paramref name="securable"/>: each level that the securable has
    /// matches by its values, and an unknown level names one of its parts.
    /// </summary>
    /// <param name="policy">A resource policy.</param>
    /// <param name="securable">The securable.</param>
    /// <param name="levels">The levels of the service definition.</param>
    public static bool Concerns(RangerPolicy policy, Securable securable, IReadOnlySet<string> levels)
    {
        var elements = RangerResources.Elements(securable);
        return policy.AdditionalResources.Prepend(policy.Resources)
            .Any(set => set.Count > 0 && set.All(level => ConcernsLevel(level.Key, level.Value, elements, levels)));
    }

    private static bool ConcernsLevel(string level, RangerPolicyResource resource, Dictionary<string, string> elements, IReadOnlySet<string> levels) =>
        elements.TryGetValue(level, out var name) ? Names(resource, name) != resource.IsExcludes
        : level == RangerResources.Column ? elements.ContainsKey(RangerResources.LevelOf(SecurableType.Table))
        : !levels.Contains(level) && elements.Values.Any(part => Names(resource, part));

    private static bool Names(RangerPolicyResource resource, string name) =>
        resource.Values.Exists(value => FileSystemName.MatchesSimpleExpression(value, name, ignoreCase: true));
}
