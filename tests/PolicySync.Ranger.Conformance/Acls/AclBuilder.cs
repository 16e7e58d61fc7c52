using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conformance.Acls;

/// <summary>Builds the ACL of a resource from the policies that match it (RangerPolicyEngineImpl.getResourceACLs).</summary>
internal sealed class AclBuilder
{
    private const string PublicGroup = "public";
    private const string CurrentUser = "{USER}";
    private const string ResourceOwner = "{OWNER}";

    public AclTable Users { get; } = new();

    public AclTable Groups { get; } = new();

    public AclTable Roles { get; } = new();

    public List<AclItem> DataMasks { get; } = [];

    public List<AclItem> RowFilters { get; } = [];

    /// <summary>Adds the policies of one type, in Ranger's order.</summary>
    public void Add(int policyType, IEnumerable<AclPolicy> policies)
    {
        int? priority = null;
        foreach (var (policy, isConditional) in policies)
        {
            // Lower priorities may only add principals and access types that higher ones do not mention.
            if (policyType == RangerPolicy.AccessType && priority is not null && priority != policy.Priority)
            {
                Close();
            }

            priority = policy.Priority;
            Add(policyType, policy, isConditional);
        }

        if (priority is not null)
        {
            Close();
        }
    }

    private void Add(int policyType, PreparedPolicy policy, bool isConditional)
    {
        switch (policyType)
        {
            case RangerPolicy.AccessType:
                var summary = new PolicySummary(policy.Policy, policy.Service);
                Merge(summary.Users, Users, policy.Policy, isConditional);
                Merge(summary.Groups, Groups, policy.Policy, isConditional);
                Merge(summary.Roles, Roles, policy.Policy, isConditional);
                break;
            case RangerPolicy.DataMaskType:
                DataMasks.AddRange(policy.Policy.DataMaskPolicyItems.Select(i => Item(i, i.DataMaskInfo, null, isConditional)));
                break;
            default:
                RowFilters.AddRange(policy.Policy.RowFilterPolicyItems.Select(i => Item(i, null, i.RowFilterInfo, isConditional)));
                break;
        }
    }

    private static void Merge(SummaryTable from, AclTable to, RangerPolicy policy, bool isConditional)
    {
        foreach (var (name, access, value) in from.All)
        {
            to.Set(
                name,
                access,
                isConditional || value == SummaryTable.Conditional ? AclAccess.Conditional
                    : value == SummaryTable.Allowed ? AclAccess.Allowed
                    : AclAccess.Denied,
                policy);
        }
    }

    private void Close()
    {
        foreach (var access in Groups.DecidedFor(PublicGroup).ToList())
        {
            Users.DropOpen(access);
            Groups.DropOpen(access, except: PublicGroup);
        }

        Users.Close();
        Groups.Close();
        Roles.Close();
    }

    private static AclItem Item(RangerPolicyItem item, DataMaskInfo? mask, RowFilterInfo? filter, bool isConditional) => new(
        item.Users.Where(u => u != CurrentUser).ToHashSet(StringComparer.Ordinal),
        (item.Users.Contains(CurrentUser) ? item.Groups.Append(PublicGroup) : item.Groups).ToHashSet(StringComparer.Ordinal),
        item.Roles.ToHashSet(StringComparer.Ordinal),
        item.Accesses.Select(a => a.Type).OfType<string>().ToHashSet(StringComparer.Ordinal),
        mask,
        filter,
        isConditional || item.Conditions.Count > 0 || item.Users.Contains(ResourceOwner));
}

/// <summary>A policy that matches, and whether only a request can decide if it applies.</summary>
internal readonly record struct AclPolicy(PreparedPolicy Policy, bool IsConditional);
