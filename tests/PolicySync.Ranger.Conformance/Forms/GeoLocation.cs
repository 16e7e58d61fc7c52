namespace PolicySync.Ranger.Conformance;

/// <summary>
/// Stands in for the file that Ranger's geolocation enricher reads and that is no part of the suite: the addresses that
/// the suite calls valid lie in some country, all others in none.
/// </summary>
internal static class GeoLocation
{
    private static readonly HashSet<string> Known = ["255.255.255.255", "128.101.101.101"];

    public static IEnumerable<KeyValuePair<string, string>> Of(string? address, RangerServiceDef def)
    {
        var enricher = def.ContextEnrichers.Find(e => e.Enricher?.EndsWith("GeolocationProvider", StringComparison.Ordinal) == true);
        if (enricher is not null && address is not null && Known.Contains(address))
        {
            yield return new($"LOCATION_{enricher.EnricherOptions.GetValueOrDefault("geolocation.meta.prefix")}COUNTRY_CODE", "US");
        }
    }
}
