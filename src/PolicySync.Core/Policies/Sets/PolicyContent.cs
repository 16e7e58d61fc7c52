using System.Security.Cryptography;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Sets;

/// <summary>
/// The normal form of what is evaluated of policies: without ids, versions, descriptions, labels and disabled policies, and without the
/// order of what has none. Two sets with equal digests decide alike.
/// </summary>
public static class PolicyContent
{
    /// <summary>The digest of a set.</summary>
    public static string DigestOf(PolicySet set)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(RangerJson.Write(Normal(set.ReadHeader())));
        foreach (var digest in set.ReadEntries().Where(entry => entry.Policy.IsEnabled)
            .Select(entry => Convert.ToHexStringLower(DigestOf(entry))).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Convert.FromHexString(digest));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The digest of what is evaluated of a policy, which is brought into its normal form.</summary>
    internal static byte[] DigestOf(PolicyEntry entry)
    {
        Normalize(entry);
        return SHA256.HashData([.. RangerJson.Write(new[] { entry.Zone ?? "", entry.IsOfTags ? "tags" : "" }), .. RangerJson.Write(entry.Policy)]);
    }

    /// <summary>
    /// Brings a policy into a form in which policies that are evaluated alike have equal texts. Names are part of it: they order policies
    /// that are alike otherwise.
    /// </summary>
    internal static void Normalize(PolicyEntry entry)
    {
        var policy = entry.Policy;
        (policy.Id, policy.Guid, policy.Version, policy.Service, policy.ServiceType, policy.Description) = (null, null, null, null, null, null);
        policy.ZoneName = null;
        policy.IsAuditEnabled = true;
        policy.PolicyLabels = [];
        policy.Resources = Sorted(policy.Resources);
        policy.AdditionalResources = [.. policy.AdditionalResources.Select(Sorted)];
        foreach (var item in entry.Items)
        {
            Sort(item);
        }
    }

    /// <summary>Brings an item into a form in which equal items have equal texts.</summary>
    internal static void Sort(RangerPolicyItem item)
    {
        item.Users = SortedTexts(item.Users);
        item.Groups = SortedTexts(item.Groups);
        item.Roles = SortedTexts(item.Roles);
        item.Accesses = [.. item.Accesses.OrderBy(access => access.Type, StringComparer.Ordinal).ThenBy(access => access.IsAllowed)];
    }

    /// <summary>Brings a set of resources into such a form.</summary>
    internal static Dictionary<string, RangerPolicyResource> Sorted(Dictionary<string, RangerPolicyResource> resources) => resources
        .OrderBy(level => level.Key, StringComparer.Ordinal).ToDictionary(
            level => level.Key,
            level => new RangerPolicyResource { Values = SortedTexts(level.Value.Values), IsExcludes = level.Value.IsExcludes, IsRecursive = level.Value.IsRecursive },
            StringComparer.Ordinal);

    /// <summary>Brings a set without its policies into a form in which those that are evaluated alike have equal texts.</summary>
    internal static ServicePolicies Normal(ServicePolicies header)
    {
        (header.ServiceName, header.ServiceId, header.PolicyVersion, header.PolicyUpdateTime) = (null, null, null, null);
        header.Policies = [];
        header.ServiceDef?.Id = null;
        if (header.TagPolicies is { } tags)
        {
            (tags.ServiceName, tags.PolicyVersion, tags.Policies) = (null, null, []);
            tags.ServiceDef?.Id = null;
        }

        header.SecurityZones = header.SecurityZones.OrderBy(zone => zone.Key, StringComparer.Ordinal).ToDictionary(zone => zone.Key, zone => zone.Value, StringComparer.Ordinal);
        foreach (var zone in header.SecurityZones.Values)
        {
            zone.Policies = [];
        }

        header.ServiceConfig = header.ServiceConfig.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return header;
    }

    private static List<string> SortedTexts(List<string> texts) => [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
