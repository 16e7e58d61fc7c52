using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Shrinking;

/// <summary>A kind of restriction: what takes access away, or changes what may be read.</summary>
/// <param name="Key">Its place in keys of counts.</param>
/// <param name="What">What messages call it.</param>
internal sealed record RestrictionKind(string Key, string What);

/// <summary>
/// Counts the restrictions of some policies: how many policies have them, how far they reach (principals × accesses ×
/// named resources), and how many of them the service definition lets count. Only items that can restrict are
/// counted: not one without principals or access types, nor <c>MASK_NONE</c> or a filter without expression. Deny exceptions do
/// not restrict, but they are counted too, since a set that loses them has lost input.
/// </summary>
internal sealed class RestrictionCounts(RangerServiceDef? def, RangerServiceDef? service, bool ofTags)
{
    public const string Policies = "policies";
    public const string TagPolicies = "tagPolicies";

    /// <summary>Ends the key of the restrictions that the service definition enables.</summary>
    public const string InForce = ".inForce";

    /// <summary>Largest reach counted for one policy, so that sums do not overflow.</summary>
    private const long MaxReach = 1_000_000_000;

    private const string NoMask = "MASK_NONE";
    private const string DenyOption = "enableDenyAndExceptionsInPolicies";

    public static readonly IReadOnlyList<RestrictionKind> Kinds =
        [new("denies", "denials"), new("allowExceptions", "allow exceptions"), new("denyExceptions", "deny exceptions"), new("masks", "masks"), new("filters", "row filters")];

    private readonly long[] _policies = new long[Kinds.Count];
    private readonly long[] _reach = new long[Kinds.Count];
    private readonly long[] _inForce = new long[Kinds.Count];
    private readonly HashSet<string>?[] _levels =
    [
        LevelsOf(def?.Resources), LevelsOf(def?.Resources), LevelsOf(def?.Resources),
        LevelsOf(def?.DataMaskDef?.Resources), LevelsOf(def?.RowFilterDef?.Resources),
    ];

    // As Ranger reads the option: only a value that is set and is not `true` disables denials.
    private readonly bool _denies = def is not null
        && !(def.Options.TryGetValue(DenyOption, out var option) && option.Length > 0 && !option.Equals("true", StringComparison.OrdinalIgnoreCase));

    private readonly HashSet<string> _types = new(
        (def?.AccessTypes ?? []).Concat(def?.MarkerAccessTypes ?? []).Select(type => type.Name).OfType<string>(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Roles that restrictions name.</summary>
    public HashSet<string> Roles { get; } = new(StringComparer.Ordinal);

    /// <summary>Groups that restrictions name.</summary>
    public HashSet<string> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts one policy. True when it restricts.</summary>
    public bool Add(RangerPolicy policy)
    {
        var restricts = false;
        for (var kind = 0; kind < Kinds.Count; kind++)
        {
            var items = ItemsOf(policy, kind).Where(item => Restricts(item)).ToList();
            var denyAllElse = kind == 0 && policy.PolicyType == RangerPolicy.AccessType && policy.IsDenyAllElse;
            if (items.Count == 0 && !denyAllElse)
            {
                continue;
            }

            restricts = true;
            _policies[kind]++;
            _reach[kind] += ReachOf(policy, items, denyAllElse);
            _inForce[kind] += CountsFor(policy, kind, items, denyAllElse) ? 1 : 0;
            foreach (var item in items)
            {
                Roles.UnionWith(item.Roles);
                Groups.UnionWith(item.Groups);
            }
        }

        return restricts;
    }

    /// <summary>The counts by key.</summary>
    public IEnumerable<KeyValuePair<string, long>> Counts(string prefix)
    {
        for (var kind = 0; kind < Kinds.Count; kind++)
        {
            var key = $"{prefix}.{Kinds[kind].Key}";
            yield return new(key, _policies[kind]);
            yield return new($"{key}.reach", _reach[kind]);
            yield return new($"{key}{InForce}", _inForce[kind]);
        }
    }

    private static IEnumerable<RangerPolicyItem> ItemsOf(RangerPolicy policy, int kind) => (policy.PolicyType, kind) switch
    {
        (RangerPolicy.AccessType, 0) => policy.DenyPolicyItems,
        (RangerPolicy.AccessType, 1) => policy.AllowExceptions,
        (RangerPolicy.AccessType, 2) => policy.DenyExceptions,
        (RangerPolicy.DataMaskType, 3) => policy.DataMaskPolicyItems,
        (RangerPolicy.RowFilterType, 4) => policy.RowFilterPolicyItems,
        _ => [],
    };

    private bool Restricts(RangerPolicyItem item) =>
        item.Users.Count + item.Groups.Count + item.Roles.Count > 0
        && item.Accesses.Exists(access => access.IsAllowed && TypeOf(access) is not null)
        && item switch
        {
            RangerDataMaskPolicyItem mask => mask.DataMaskInfo?.DataMaskType is { Length: > 0 } type && !type.EndsWith(NoMask, StringComparison.Ordinal),
            RangerRowFilterPolicyItem filter => !string.IsNullOrWhiteSpace(filter.RowFilterInfo?.FilterExpr),
            _ => true,
        };

    // A tag policy names access types of services, each after the service's name; those of other services are not ours.
    private string? TypeOf(RangerAccess access) => access.Type is not { Length: > 0 } type ? null
        : !ofTags || !type.Contains(':', StringComparison.Ordinal) ? type
        : type.StartsWith($"{service?.Name}:", StringComparison.Ordinal) ? type
        : null;

    private bool CountsFor(RangerPolicy policy, int kind, List<RangerPolicyItem> items, bool denyAllElse) =>
        (kind > 2 || _denies || denyAllElse)
        && (ofTags ? def is not null : SetsOf(policy).Any(set => set.Keys.All(level => _levels[kind]?.Contains(level) is true)))
        && (denyAllElse || items.Exists(item => item.Accesses.Exists(access => access.IsAllowed && IsKnown(TypeOf(access)))));

    // Names that begin with `_` are categories, which Ranger creates itself.
    private bool IsKnown(string? type) => type is not null && (_types.Contains(type) || type.StartsWith('_'));

    private long ReachOf(RangerPolicy policy, List<RangerPolicyItem> items, bool denyAllElse)
    {
        var resources = SetsOf(policy).Sum(set => set.Values.Aggregate(1L, (product, level) => Math.Min(MaxReach, product * Math.Max(1, level.Values.Count))));
        var who = items.Sum(item => (long)(item.Users.Count + item.Groups.Count + item.Roles.Count)
            * item.Accesses.Count(access => access.IsAllowed && TypeOf(access) is not null));
        return Math.Min(MaxReach, Math.Min(MaxReach, resources) * Math.Min(MaxReach, who + (denyAllElse ? 1 : 0)));
    }

    private static IEnumerable<Dictionary<string, RangerPolicyResource>> SetsOf(RangerPolicy policy) => policy.AdditionalResources.Prepend(policy.Resources);

    private static HashSet<string>? LevelsOf(List<RangerResourceDef>? levels) => levels?.Select(level => level.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
}
