namespace PolicySync.Ranger.Model;

/// <summary>Copies of policies with other items. What is not replaced is shared.</summary>
internal static class PolicyCopies
{
    public static RangerPolicy WithItems(
        this RangerPolicy policy,
        Func<List<RangerPolicyItem>, List<RangerPolicyItem>> items,
        Func<List<RangerDataMaskPolicyItem>, List<RangerDataMaskPolicyItem>> masks,
        Func<List<RangerRowFilterPolicyItem>, List<RangerRowFilterPolicyItem>> filters) => new()
        {
            Id = policy.Id,
            Guid = policy.Guid,
            Version = policy.Version,
            Service = policy.Service,
            ServiceType = policy.ServiceType,
            Name = policy.Name,
            Description = policy.Description,
            IsEnabled = policy.IsEnabled,
            IsAuditEnabled = policy.IsAuditEnabled,
            PolicyType = policy.PolicyType,
            PolicyPriority = policy.PolicyPriority,
            Resources = policy.Resources,
            AdditionalResources = policy.AdditionalResources,
            Conditions = policy.Conditions,
            PolicyItems = items(policy.PolicyItems),
            DenyPolicyItems = items(policy.DenyPolicyItems),
            AllowExceptions = items(policy.AllowExceptions),
            DenyExceptions = items(policy.DenyExceptions),
            DataMaskPolicyItems = masks(policy.DataMaskPolicyItems),
            RowFilterPolicyItems = filters(policy.RowFilterPolicyItems),
            ValiditySchedules = policy.ValiditySchedules,
            IsDenyAllElse = policy.IsDenyAllElse,
            ZoneName = policy.ZoneName,
            PolicyLabels = policy.PolicyLabels,
        };

    public static T WithAccesses<T>(this T item, List<RangerAccess> accesses)
        where T : RangerPolicyItem
    {
        RangerPolicyItem copy = item switch
        {
            RangerDataMaskPolicyItem mask => new RangerDataMaskPolicyItem { DataMaskInfo = mask.DataMaskInfo },
            RangerRowFilterPolicyItem filter => new RangerRowFilterPolicyItem { RowFilterInfo = filter.RowFilterInfo },
            _ => new RangerPolicyItem(),
        };
        copy.Accesses = accesses;
        copy.Users = item.Users;
        copy.Groups = item.Groups;
        copy.Roles = item.Roles;
        copy.Conditions = item.Conditions;
        copy.DelegateAdmin = item.DelegateAdmin;
        return (T)copy;
    }
}
