using PolicySync.Adapters.Workspaces;
using Refit;

namespace PolicySync.Adapters.Tags;

/// <summary>
/// The routes that tags are read by (reference: databricks-sdk-go, ext_entity_tag_assignments.go). Each value of a path is
/// escaped as a whole. An answer is null when a success came without a body.
/// </summary>
internal interface IEntityTagsApi
{
    // Without max_results, so the server chooses the page size; no reference says that it accepts 0 here.
    [Get("/api/2.1/unity-catalog/entity-tag-assignments/{entityType}/{entityName}/tags")]
    Task<TagPageAnswer?> ListTagsAsync(
        string entityType,
        string entityName,
        [AliasAs("page_token")] string? pageToken,
        [Property(WorkspaceCall.Key)] WorkspaceCall call,
        CancellationToken cancellation);
}
