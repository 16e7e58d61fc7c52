using PolicySync.Adapters.Workspaces;
using Refit;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>
/// The routes of Unity Catalog that the service calls. Source: databricks-sdk-go, service/catalog/impl.go. Each value of
/// a path is escaped as a whole; dots between the names of a full name stay, as names hold none.
/// An answer is null when a success came without a body.
/// </summary>
internal interface IUnityCatalogApi
{
    [Get("/api/2.1/unity-catalog/{collection}/{fullName}")]
    Task<ObjectAnswer?> GetObjectAsync(
        string collection, string fullName, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Get("/api/2.1/unity-catalog/{collection}")]
    Task<ObjectPageAnswer?> ListObjectsAsync(
        string collection,
        [AliasAs("catalog_name")] string? catalog,
        [AliasAs("schema_name")] string? schema,
        [AliasAs("max_results")] int maxResults,
        [AliasAs("page_token")] string? pageToken,
        [AliasAs("omit_columns")] string? omitColumns,
        [AliasAs("omit_properties")] string? omitProperties,
        [Property(WorkspaceCall.Key)] WorkspaceCall call,
        CancellationToken cancellation);

    [Get("/api/2.1/unity-catalog/table-summaries")]
    Task<TableSummariesAnswer?> ListTableSummariesAsync(
        [AliasAs("catalog_name")] string catalog,
        [AliasAs("max_results")] int maxResults,
        [AliasAs("page_token")] string? pageToken,
        [Property(WorkspaceCall.Key)] WorkspaceCall call,
        CancellationToken cancellation);

    // Without include_deleted_principals, which deleted principals are among the assignments is not promised
    // (databricks-sdk-py, service/catalog.py, GrantsAPI.get).
    [Get("/api/2.1/unity-catalog/permissions/{pathType}/{fullName}?include_deleted_principals=true")]
    Task<PermissionsAnswer?> GetPermissionsAsync(
        string pathType,
        string fullName,
        [AliasAs("max_results")] int maxResults,
        [AliasAs("page_token")] string? pageToken,
        [Property(WorkspaceCall.Key)] WorkspaceCall call,
        CancellationToken cancellation);

    [Get("/api/2.1/unity-catalog/effective-permissions/{pathType}/{fullName}")]
    Task<EffectivePermissionsAnswer?> GetEffectivePermissionsAsync(
        string pathType,
        string fullName,
        [AliasAs("max_results")] int maxResults,
        [AliasAs("page_token")] string? pageToken,
        [Property(WorkspaceCall.Key)] WorkspaceCall call,
        CancellationToken cancellation);

    [Get("/api/2.1/unity-catalog/policies/{onType}/{fullName}")]
    Task<PoliciesAnswer?> GetPoliciesAsync(
        string onType,
        string fullName,
        [AliasAs("page_token")] string? pageToken,
        [Property(WorkspaceCall.Key)] WorkspaceCall call,
        CancellationToken cancellation);

    [Get("/api/2.1/unity-catalog/metastore_summary")]
    Task<MetastoreAnswer?> GetMetastoreAsync([Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Patch("/api/2.1/unity-catalog/permissions/{pathType}/{fullName}")]
    Task UpdatePermissionsAsync(
        string pathType,
        string fullName,
        [Body] PermissionsUpdate update,
        [Property(WorkspaceCall.Key)] WorkspaceCall call,
        CancellationToken cancellation);
}
