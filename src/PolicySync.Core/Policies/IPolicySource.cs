using PolicySync.Core.Errors;
using PolicySync.Ranger;

namespace PolicySync.Core.Policies;

/// <summary>What a policy source holds at one time.</summary>
/// <param name="Stamp">Changes whenever anything of the content changes, also when the version number does not.</param>
/// <param name="Policies">The policies; <see cref="ServicePolicies.Policies"/> may be null or empty, which the gate refuses.</param>
/// <param name="Roles">Roles; null when the source has none.</param>
/// <param name="UserStore">Users and groups as Ranger knows them; null when the source has none.</param>
/// <param name="Tags">Tags on resources; null when the source has none.</param>
public sealed record PolicyDownload(
    string Stamp, ServicePolicies Policies, RangerRoles? Roles, RangerUserStore? UserStore, ServiceTags? Tags);

/// <summary>Where policies come from.</summary>
public interface IPolicySource
{
    /// <summary>
    /// Asks the source for what it has now. Null when that is what <paramref name="knownStamp"/> stands for.
    /// </summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PoliciesUnavailable"/> when the source does not answer, has nothing, or has something
    /// that cannot be read as a whole (half-written, not JSON, no service definition).
    /// </exception>
    Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation);
}
