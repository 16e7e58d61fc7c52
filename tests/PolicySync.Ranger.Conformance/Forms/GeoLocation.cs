namespace PolicySync.Ranger.Conformance;

/// <summary>
/// Stands in for the file that Ranger's geolocation enricher reads and that is no part of the suite. Of the addresses in
/// use it is known only whether they lie in some country.
/// </summary>
internal static class GeoLocation
{
    private static readonly Dictionary<string, bool> Known = new()
    {
        ["255.255.255.255"] = true,
        ["128.101.101.101"] = true,
        ["128.101.101.99"] = false,
    };

    public static IEnumerable<KeyValuePair<string, string>> Of(string? address, RangerServiceDef def)
    {
        if (Enricher(def) is { } enricher && address is not null && Known.GetValueOrDefault(address))
        {
            yield return new($"LOCATION_{enricher.EnricherOptions.GetValueOrDefault("geolocation.meta.prefix")}COUNTRY_CODE", "US");
        }
    }

    /// <summary>Whether the outcome of a request depends on what only the file says.</summary>
    public static bool IsMissingFor(AccessRequest request, ServicePolicies policies) =>
        request.ClientAddress is { } address
        && !Known.ContainsKey(address)
        && Enricher(policies.ServiceDef!) is not null
        && (policies.Policies ?? []).Any(Asks);

    private static RangerContextEnricherDef? Enricher(RangerServiceDef def) =>
        def.ContextEnrichers.Find(e => e.Enricher?.EndsWith("GeolocationProvider", StringComparison.Ordinal) == true);

    private static bool Asks(RangerPolicy policy) =>
        policy.Conditions.Concat(policy.AllItems().SelectMany(i => i.Conditions))
            .Any(c => c.Values.Exists(v => v.Contains("LOCATION_", StringComparison.Ordinal)));
}
