using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Ignored;

/// <summary>Finds what has no effect in a policy, by the definition of its service.</summary>
internal sealed class IgnoredElements(RangerServiceDef? def, bool ofTags)
{
    private const string DenyOption = "enableDenyAndExceptionsInPolicies";

    private readonly Dictionary<string, string?> _access = LevelsOf(def, def?.Resources);
    private readonly Dictionary<string, string?> _masks = LevelsOf(def, def?.DataMaskDef?.Resources);
    private readonly Dictionary<string, string?> _filters = LevelsOf(def, def?.RowFilterDef?.Resources);
    private readonly HashSet<string> _types = new(
        (def?.AccessTypes ?? []).Concat(def?.MarkerAccessTypes ?? []).Select(type => type.Name).OfType<string>(), StringComparer.OrdinalIgnoreCase);

    private readonly bool _ignoresDenials = def?.Options.GetValueOrDefault(DenyOption) is { Length: > 0 } option
        && !option.Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>What has no effect, each with its reason.</summary>
    public IEnumerable<string> Of(RangerPolicy policy) => policy.PolicyType is < RangerPolicy.AccessType or > RangerPolicy.RowFilterType
        ? [$"its type {policy.PolicyType} is not supported"]
        : OfResources(policy).Concat(OfKinds(policy)).Concat(OfItems(policy));

    /// <summary>Whether resources of a zone can match anything.</summary>
    public bool Fits(Dictionary<string, List<string>> zone) => zone.Count > 0 && Misfit(zone.Keys, _access) is null;

    private IEnumerable<string> OfResources(RangerPolicy policy)
    {
        var sets = policy.AdditionalResources.Prepend(policy.Resources).Where(set => set.Count > 0).ToList();
        return sets.Count == 0 ? ["it names no resources, so it matches nothing"] : sets.Select(set => OfSet(policy.PolicyType, set)).OfType<string>();
    }

    private string? OfSet(int policyType, Dictionary<string, RangerPolicyResource> set)
    {
        if (!ofTags && policyType == RangerPolicy.RowFilterType && set.ContainsKey(RangerResources.Column))
        {
            return "its row filter names a column, and filters are on whole tables, so it matches nothing";
        }

        var levels = policyType switch { RangerPolicy.DataMaskType => _masks, RangerPolicy.RowFilterType => _filters, _ => _access };
        if (Misfit(set.Keys, levels) is { } misfit)
        {
            return $"{misfit}, so these resources match nothing";
        }

        if (ofTags || policyType != RangerPolicy.DataMaskType)
        {
            return null;
        }

        return !set.TryGetValue(RangerResources.Column, out var column) ? "its mask names no column, so it masks nothing"
            : column.Values.Find(value => value.Contains('.', StringComparison.Ordinal)) is { } nested
                ? $"its mask names `{nested}`, and masks are on whole columns, not on fields in them, so this one is not masked"
            : null;
    }

    // Ranger's engine takes resources that name the levels of one way from a root down, none left out.
    private static string? Misfit(ICollection<string> names, Dictionary<string, string?> levels)
    {
        if (names.FirstOrDefault(name => !levels.ContainsKey(name)) is { } unknown)
        {
            return $"`{unknown}` is not a resource level of such policies";
        }

        if (names.FirstOrDefault(name => levels[name] is { } parent && !names.Contains(parent)) is { } orphan)
        {
            return $"`{orphan}` requires `{levels[orphan]}`";
        }

        return names.GroupBy(name => levels[name] ?? "", StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } beside
            ? $"{string.Join(" and ", beside.Order(StringComparer.Ordinal).Select(name => $"`{name}`"))} are on the same level and cannot be combined"
            : null;
    }

    private IEnumerable<string> OfKinds(RangerPolicy policy)
    {
        var access = policy.PolicyItems.Count + policy.DenyPolicyItems.Count + policy.AllowExceptions.Count + policy.DenyExceptions.Count;
        if (policy.PolicyType != RangerPolicy.AccessType && access > 0)
        {
            yield return "its items that allow or deny are in a policy for masks or filters and are ignored";
        }

        if (policy.PolicyType != RangerPolicy.DataMaskType && policy.DataMaskPolicyItems.Count > 0)
        {
            yield return "its masks are in a policy of another type and are ignored";
        }

        if (policy.PolicyType != RangerPolicy.RowFilterType && policy.RowFilterPolicyItems.Count > 0)
        {
            yield return "its row filters are in a policy of another type and are ignored";
        }

        if (_ignoresDenials && policy.DenyPolicyItems.Count + policy.AllowExceptions.Count + policy.DenyExceptions.Count > 0)
        {
            yield return "the service definition disables denials and exceptions, so they are ignored";
        }
    }

    private IEnumerable<string> OfItems(RangerPolicy policy)
    {
        var items = policy.PolicyType switch
        {
            RangerPolicy.DataMaskType => policy.DataMaskPolicyItems,
            RangerPolicy.RowFilterType => policy.RowFilterPolicyItems,
            _ => policy.PolicyItems.Concat(policy.DenyPolicyItems).Concat(policy.AllowExceptions).Concat(policy.DenyExceptions),
        };
        foreach (var item in items)
        {
            if (item.Users.Count + item.Groups.Count + item.Roles.Count == 0)
            {
                yield return "an item names no user, group or role";
            }

            if (!item.DelegateAdmin && !item.Accesses.Exists(access => access.IsAllowed && access.Type is { Length: > 0 }))
            {
                yield return "an item names no access type";
            }

            // Names that begin with `_` are categories, which Ranger creates itself.
            foreach (var type in item.Accesses.Where(access => access.IsAllowed).Select(access => access.Type).OfType<string>()
                         .Where(type => type.Length > 0 && type[0] != '_' && !_types.Contains(type)))
            {
                yield return $"its access type `{type}` is not in the service definition";
            }

            if (item is RangerDataMaskPolicyItem { DataMaskInfo: null or { DataMaskType: null or "" } })
            {
                yield return "an item has no mask, so it masks nothing";
            }

            if (item is RangerRowFilterPolicyItem filter && string.IsNullOrWhiteSpace(filter.RowFilterInfo?.FilterExpr))
            {
                yield return "an item has no filter expression, so every row remains";
            }
        }
    }

    // The levels of masks and filters say what differs from the service's own.
    private static Dictionary<string, string?> LevelsOf(RangerServiceDef? def, List<RangerResourceDef>? levels)
    {
        var parents = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var level in (levels ?? []).Where(level => level.Name is not null))
        {
            var parent = level.Parent is { Length: > 0 } own ? own : def?.Resources.Find(known => known.Name == level.Name)?.Parent;
            parents[level.Name!] = parent is { Length: > 0 } ? parent : null;
        }

        return parents;
    }
}
