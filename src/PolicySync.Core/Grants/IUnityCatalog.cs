using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Grants;

/// <summary>One page of a listing. A page may be empty and still have a next one.</summary>
/// <param name="Items">What the page holds.</param>
/// <param name="NextPageToken">Pass it on to read further; null at the end.</param>
public sealed record SecurablePage(IReadOnlyList<SecurableFacts> Items, string? NextPageToken);

/// <summary>
/// The workspace's Unity Catalog. Every method may throw <see cref="SyncException"/> with
/// <see cref="SyncErrorCode.Throttled"/> (429), <see cref="SyncErrorCode.Unavailable"/> (5xx, reset, time-out),
/// <see cref="SyncErrorCode.CredentialsRefused"/> (401), <see cref="SyncErrorCode.PermissionDenied"/> (403) and
/// <see cref="SyncErrorCode.SecurableNotFound"/> (404, the object or a parent of it). Reads are retried a few times
/// inside; writes never are, because a repeated write could overlap with one still under way.
/// </summary>
public interface IUnityCatalog
{
    /// <summary>Reads one object. Source: GET /api/2.1/unity-catalog/{catalogs|schemas|tables|...}/{full_name}.</summary>
    Task<SecurableFacts> GetAsync(Securable securable, CallMeter meter, CancellationToken cancellation);

    /// <summary>Reads one page of what <paramref name="parent"/> holds of one type.</summary>
    /// <param name="type">What to list.</param>
    /// <param name="parent">The container; null to list catalogs.</param>
    /// <param name="pageToken">From the page before; null for the first.</param>
    /// <param name="meter">Counts the request.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<SecurablePage> ListAsync(
        SecurableType type, Securable? parent, string? pageToken, CallMeter meter, CancellationToken cancellation);

    /// <summary>
    /// Reads all direct assignments on <paramref name="securable"/>: every page, assignments of one principal merged,
    /// privileges normalised (upper case, underscores). Source: GET /api/2.1/unity-catalog/permissions/{type}/{full_name}.
    /// </summary>
    Task<IReadOnlyList<Assignment>> GetPermissionsAsync(
        Securable securable, CallMeter meter, CancellationToken cancellation);

    /// <summary>
    /// Reads what <paramref name="securable"/> inherits from the containers above it: every page, without what it holds
    /// itself, without deleted principals, who have no name there. Source: GET
    /// /api/2.1/unity-catalog/effective-permissions/{type}/{full_name}.
    /// </summary>
    Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync(Securable securable, CallMeter meter, CancellationToken cancellation);

    /// <summary>
    /// Reads the direct assignments again, where the source has one through another API than
    /// <see cref="GetPermissionsAsync"/>, to distinguish removed grants from an incomplete answer. Source: GET
    /// /api/2.1/unity-catalog/effective-permissions/{type}/{full_name}.
    /// </summary>
    Task<IReadOnlyList<Assignment>> GetPermissionsAgainAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        GetPermissionsAsync(securable, meter, cancellation);

    /// <summary>
    /// Reads the attribute-based policies of type GRANT that are attached to <paramref name="container"/>; none where the
    /// workspace has no such policies. Source: GET /api/2.1/unity-catalog/policies/{type}/{full_name}.
    /// </summary>
    Task<IReadOnlyList<GrantPolicy>> GetGrantPoliciesAsync(Securable container, CallMeter meter, CancellationToken cancellation);

    /// <summary>
    /// Reads who owns the workspace's metastore: a user, a service principal or a group, as Unity Catalog spells it. Null where
    /// the workspace does not return it. Source: GET /api/2.1/unity-catalog/metastore_summary.
    /// </summary>
    Task<string?> GetMetastoreOwnerAsync(CallMeter meter, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>
    /// Sends <paramref name="changes"/> in one PATCH, once. Repeating applied changes has no effect.
    /// </summary>
    /// <param name="securable">The object to change.</param>
    /// <param name="changes">One element per principal, not empty.</param>
    /// <param name="timeout">
    /// Longest wait for an answer. After it the exception has <see cref="SyncException.OutcomeUnknown"/> set, as it has
    /// on any fault that leaves open whether the change took effect.
    /// </param>
    /// <param name="meter">Counts the request.</param>
    /// <param name="cancellation">Stops waiting; a request already sent may still take effect.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.InvalidPlan"/> with <see cref="SyncException.ServerCode"/> set when the server refuses
    /// the content: <c>PRINCIPAL_DOES_NOT_EXIST</c> whatever the HTTP status, <c>INVALID_PARAMETER_VALUE</c>, ...
    /// </exception>
    /// <remarks>
    /// Readers may see the old grants for a while after this returns (terraform-provider-databricks polls for up to a
    /// minute): compare with fresh reads before calling a change lost.
    /// </remarks>
    Task UpdatePermissionsAsync(
        Securable securable,
        IReadOnlyList<PermissionChange> changes,
        TimeSpan timeout,
        CallMeter meter,
        CancellationToken cancellation);

    /// <summary>The request that <see cref="UpdatePermissionsAsync"/> would send with the same arguments. Sends nothing.</summary>
    PlannedCall DescribeUpdate(Securable securable, IReadOnlyList<PermissionChange> changes);
}
