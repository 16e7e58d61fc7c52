using PolicySync.Core.Errors;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies;

/// <summary>What a policy source holds at one time.</summary>
/// <param name="Stamp">Changes whenever anything of the content changes, also when the version number does not.</param>
/// <param name="Policies">The policies; <see cref="ServicePolicies.Policies"/> may be null or empty, which the gate refuses.</param>
/// <param name="Roles">Roles; null when the source has none.</param>
/// <param name="UserStore">Users and groups as Ranger knows them; null when the source has none.</param>
/// <param name="Tags">Tags on resources; null when the source has none.</param>
public sealed record PolicyDownload(
    string Stamp, ServicePolicies Policies, RangerRoles? Roles, RangerUserStore? UserStore, ServiceTags? Tags)
{
    /// <summary>
    /// What it was read from, for <see cref="IPolicyCache"/>; empty when the source has nothing to keep. Each call creates
    /// the documents again, and they are large, so only the cache reads it.
    /// </summary>
    public IReadOnlyList<PolicyDocument> Documents => DocumentsFrom?.Invoke() ?? [];

    /// <summary>Makes <see cref="Documents"/>; null when there is nothing to keep.</summary>
    public Func<IReadOnlyList<PolicyDocument>>? DocumentsFrom { get; init; }
}

/// <summary>One document of a download as it came: its name and whole content; null content when it is missing.</summary>
public sealed record PolicyDocument(string Name, byte[]? Content);

/// <summary>Where policies come from.</summary>
public interface IPolicySource
{
    /// <summary>
    /// Reads the current policies. Null when <paramref name="knownStamp"/> is already their stamp.
    /// </summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PoliciesUnavailable"/> when the source does not answer, has nothing, or has something
    /// that cannot be read as a whole (half-written, not JSON, no service definition).
    /// </exception>
    Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation);
}

/// <summary>The last accepted download, kept on this machine for a restart without its source.</summary>
public interface IPolicyCache
{
    /// <summary>Whether anything is kept at all, so that it is worth asking for <see cref="PolicyDownload.Documents"/>.</summary>
    bool Keeps => true;

    /// <summary>
    /// Stores <paramref name="documents"/> in place of those stored before. A failure to store is logged and not thrown, since the
    /// caller has the download.
    /// </summary>
    Task KeepAsync(string stamp, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellation);

    /// <summary>
    /// The stored download, when its stamp is <paramref name="stamp"/>; null when it is another one, damaged or missing.
    /// </summary>
    Task<PolicyDownload?> FindAsync(string stamp, CancellationToken cancellation);
}
