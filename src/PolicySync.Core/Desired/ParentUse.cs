using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>
/// Who should hold USE on a container: exactly those whom evaluation allows something that a policy names at or below
/// it, computed from policies alone (specification §3.6). For a policy that names something below, the named patterns
/// stand for the objects: a policy that denies the same pattern, or a wider one, matches the pattern's text too.
/// </summary>
internal sealed class ParentUse(
    PolicySnapshot policies, PrincipalSnapshot directory, Subjects subjects, Candidates candidates, int expandUpTo, DateTimeOffset at)
{
    /// <summary>Combinations of names that one policy is asked for; a policy of more is asked for these.</summary>
    private const int MaxCombinations = 256;

    // What a name that an exclude does not list stands for: no object can be called so (U+FFFF is not a character).
    private const string AnyOther = "\uFFFF";

    private readonly Dictionary<string, GrantResolver> _resolvers = new(StringComparer.Ordinal);

    /// <summary>Holders of USE on <paramref name="container"/>, each with a policy that gives something at or below.</summary>
    public IReadOnlyDictionary<Candidate, Decision> HoldersOn(Securable container, LevelDecider here)
    {
        var holders = new Dictionary<Candidate, Decision>();
        foreach (var policy in here.AtOrBelow.Where(policy => policy.Policy.PolicyItems.Count > 0))
        {
            foreach (var (resolver, level) in policy.Sets.SelectMany(set => ResolversFor(set, container, here)))
            {
                AddHolders(policy, resolver, level, holders);
            }
        }

        return holders;
    }

    private void AddHolders(MatchedPolicy policy, GrantResolver resolver, string level, Dictionary<Candidate, Decision> holders)
    {
        foreach (var item in policy.Policy.PolicyItems)
        {
            var accessTypes = item.Accesses.Where(access => access is { IsAllowed: true, Type: not null })
                .Select(access => access.Type!.ToLowerInvariant())
                .Where(type => IsOnLevel(level, type)).Distinct().ToList();
            // Those named by exceptions count too: an exception can let a member of a denied group in.
            foreach (var candidate in candidates.NamedBy(item).Concat(policy.Policy.DenyExceptions.SelectMany(candidates.NamedBy)))
            {
                foreach (var accessType in accessTypes.TakeWhile(_ => !holders.ContainsKey(candidate)))
                {
                    foreach (var (holder, decision) in resolver.Resolve(candidate, accessType))
                    {
                        holders.TryAdd(holder, decision);
                    }
                }
            }
        }
    }

    private IEnumerable<(GrantResolver Resolver, string Level)> ResolversFor(
        MatchedResourceSet set, Securable container, LevelDecider here)
    {
        var level = RangerResources.LevelOf(set);
        if (string.Equals(level, RangerResources.LevelOf(container.Type), StringComparison.Ordinal))
        {
            if (set.Match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants)
            {
                yield return (Resolver(here), level);
            }

            yield break;
        }

        foreach (var elements in Representatives(set, level, container))
        {
            var key = level + "\n" + string.Join('\n', elements.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + "=" + pair.Value));
            if (!_resolvers.TryGetValue(key, out var resolver))
            {
                _resolvers[key] = resolver = Resolver(new LevelDecider(policies.Engine, new RangerResource(elements), level, at));
            }

            yield return (resolver, level);
        }
    }

    // Whether an object of the level can have the privilege at all: `create_schema` on a table gives nobody anything.
    private static bool IsOnLevel(string level, string accessType) =>
        level == RangerResources.Column ? accessType == "select"
        : WireNames.TryParse<SecurableType>(level, out var type)
            && Kinds(type).Any(kind => PrivilegeMatrix.Of(type, kind, accessType) != Applicability.NotApplicable);

    private static IReadOnlyList<string> Kinds(SecurableType type) =>
        type == SecurableType.Table ? ["MANAGED", "MATERIALIZED_VIEW"] : [""];

    // Gaps of what lies below are reported where it is synced, not on its container.
    private GrantResolver Resolver(LevelDecider decider) =>
        new(decider, subjects, directory, policies.Names.Spelled, expandUpTo, new GapList());

    private static IEnumerable<Dictionary<string, string>> Representatives(MatchedResourceSet set, string level, Securable container)
    {
        IEnumerable<Dictionary<string, string>> combinations = [RangerResources.Elements(container)];
        foreach (var (name, resource) in set.Resources)
        {
            var isTheTable = name == RangerResources.Column && level != RangerResources.Column;
            if (isTheTable || RangerResources.Elements(container).ContainsKey(name))
            {
                continue;
            }

            IReadOnlyList<string> values = resource.IsExcludes ? [AnyOther] : resource.Values;
            combinations = combinations.SelectMany(elements => values.Select(value =>
                new Dictionary<string, string>(elements, StringComparer.Ordinal) { [name] = value }));
        }

        return combinations.Take(MaxCombinations);
    }
}
