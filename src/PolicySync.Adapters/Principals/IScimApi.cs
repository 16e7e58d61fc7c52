using PolicySync.Adapters.Workspaces;
using Refit;

namespace PolicySync.Adapters.Principals;

/// <summary>
/// The workspace's SCIM API. Source: databricks-sdk-go, service/iam/impl.go. Lists are cut by a 1-based start index and
/// a count.
/// </summary>
internal interface IScimApi
{
    [Get("/api/2.0/preview/scim/v2/{collection}")]
    Task<ScimPage?> ListAsync(
        string collection,
        string attributes,
        int startIndex,
        int count,
        [Property(WorkspaceCall.Key)] WorkspaceCall call,
        CancellationToken cancellation);

    [Get("/api/2.0/preview/scim/v2/Groups/{id}")]
    Task<ScimResource?> GetGroupAsync(string id, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Get("/api/2.0/preview/scim/v2/Me")]
    Task<ScimResource?> GetMeAsync([Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);
}
