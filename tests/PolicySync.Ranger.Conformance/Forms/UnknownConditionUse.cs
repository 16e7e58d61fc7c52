namespace PolicySync.Ranger.Conformance;

/// <summary>
/// Conditions that Ranger has a class for and this engine cannot evaluate. Taken as Ranger takes what it does not know,
/// they would pass or fail by chance, so their cases are skipped by name.
/// </summary>
internal static class UnknownConditionUse
{
    /// <summary>The conditions that policies use and that cannot be evaluated; null when there are none.</summary>
    public static string? In(ServicePolicies policies)
    {
        var unknown = Of(policies.Policies, policies.ServiceDef)
            .Concat(policies.SecurityZones.Values.SelectMany(z => Of(z.Policies, policies.ServiceDef)))
            .Concat(Of(policies.TagPolicies?.Policies, policies.TagPolicies?.ServiceDef))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return unknown.Count == 0 ? null : string.Join(", ", unknown);
    }

    private static IEnumerable<string> Of(List<RangerPolicy>? policies, RangerServiceDef? def)
    {
        if (def is null)
        {
            return [];
        }

        var service = new ServiceModel(def);
        return (policies ?? [])
            .SelectMany(p => p.Conditions.Concat(p.AllItems().SelectMany(i => i.Conditions)))
            .Where(c => service.Condition(c.Type) is not null)
            .Select(c => Condition.Create(c, service))
            .Where(c => c is UnknownCondition or ScriptCondition { IsUnderstood: false })
            .Select(c => c.Description);
    }
}
