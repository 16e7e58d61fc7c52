using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Tags;

/// <summary>
/// The linked tag service, seen by one service: access types and masks of tag policies read <c>hive:select</c>, and those
/// of other services are left out (RangerPolicyRepository.normalizeAndPrunePolicies).
/// </summary>
internal static class TagService
{
    private const char Separator = ':';

    /// <summary>The tag service's definition with the names of one service.</summary>
    public static RangerServiceDef DefFor(string? service, RangerServiceDef tags)
    {
        var prefix = $"{service}{Separator}";
        return new RangerServiceDef
        {
            Id = tags.Id,
            Name = tags.Name,
            Options = tags.Options,
            Resources = tags.Resources,
            AccessTypes = [.. tags.AccessTypes.Select(t => Own(t, prefix)).OfType<RangerAccessTypeDef>()],
            MarkerAccessTypes = [.. tags.MarkerAccessTypes.Select(t => Own(t, prefix)).OfType<RangerAccessTypeDef>()],
            PolicyConditions = tags.PolicyConditions,
            ContextEnrichers = tags.ContextEnrichers,
            DataMaskDef = tags.DataMaskDef,
            RowFilterDef = tags.RowFilterDef,
        };
    }

    /// <summary>The tag policies with the names of one service; the originals stay as they are.</summary>
    public static IEnumerable<RangerPolicy> PoliciesFor(string? service, IEnumerable<RangerPolicy> policies)
    {
        var prefix = $"{service}{Separator}";
        return policies.Select(policy => policy.WithItems(items => Own(items, prefix), masks => Own(masks, prefix), filters => Own(filters, prefix)));
    }

    private static List<T> Own<T>(List<T> items, string prefix)
        where T : RangerPolicyItem =>
        [.. items
            .Select(item => item.WithAccesses([.. item.Accesses.Select(a => Own(a, prefix)).OfType<RangerAccess>()]))
            .Where((item, i) => item.Accesses.Count > 0 || item.DelegateAdmin || items[i].Accesses.Count == 0)
            .Where(item => item is not RangerDataMaskPolicyItem mask || Own(mask, prefix))];

    private static RangerAccess? Own(RangerAccess access, string prefix) =>
        Own(access.Type, prefix) is { } type ? new RangerAccess { Type = type, IsAllowed = access.IsAllowed } : null;

    private static RangerAccessTypeDef? Own(RangerAccessTypeDef def, string prefix) =>
        Own(def.Name, prefix) is { } name
            ? new RangerAccessTypeDef
            {
                Name = name,
                Category = def.Category,
                ImpliedGrants = [.. def.ImpliedGrants.Select(g => Own(g, prefix)).OfType<string>()],
            }
            : null;

    private static bool Own(RangerDataMaskPolicyItem mask, string prefix)
    {
        if (mask.DataMaskInfo?.DataMaskType is not { } type)
        {
            return true;
        }

        if (Own(type, prefix) is not { } own)
        {
            return false;
        }

        mask.DataMaskInfo = new DataMaskInfo
        {
            DataMaskType = own,
            ConditionExpr = mask.DataMaskInfo.ConditionExpr,
            ValueExpr = mask.DataMaskInfo.ValueExpr,
        };
        return true;
    }

    // Names without a prefix are everybody's.
    private static string? Own(string? name, string prefix) =>
        name is null ? null
        : name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..]
        : name.Contains(Separator, StringComparison.Ordinal) ? null
        : name;
}
