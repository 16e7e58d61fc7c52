namespace PolicySync.Adapters.Workspaces;

/// <summary>An address without the names in it: few enough values for a metric's tag.</summary>
internal static class RouteTemplate
{
    private const int MaxSegments = 12;

    // Addresses start with fixed words, up to the kind of object. Names follow, and a catalog may be called `tables`.
    private const int KindAt = 3;

    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "api", "2.0", "2.1", "unity-catalog", "preview", "scim", "sql", "oidc", "v1", "token",
        "catalogs", "schemas", "tables", "functions", "volumes", "models", "external-locations", "storage-credentials",
        "credentials", "connections", "metastores", "metastore_summary", "current-metastore-assignment", "table-summaries",
        "permissions", "effective-permissions", "privilege-assignments", "effective-privilege-assignments",
        "entity-tag-assignments", "policies", "statements", "warehouses",
    };

    // Fixed words after names.
    private static readonly HashSet<string> Later = new(StringComparer.Ordinal)
    {
        "v2", "Users", "Groups", "ServicePrincipals", "Me", "exists", "tags", "result", "chunks", "cancel", "start",
    };

    /// <summary>For example <c>/api/2.1/unity-catalog/permissions/{}/{}</c>.</summary>
    public static string Of(Uri? address)
    {
        var segments = address?.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return segments.Length is 0 or > MaxSegments ? "/{}" : string.Concat(segments.Select((segment, place) =>
            (place <= KindAt && Words.Contains(segment)) || Later.Contains(segment) ? "/" + segment : "/{}"));
    }
}
