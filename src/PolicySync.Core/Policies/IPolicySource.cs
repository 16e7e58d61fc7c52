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
    /// What it was read from, for <see cref="IPolicyCache"/>; empty when the source has nothing to keep. Each call makes the
    /// documents anew, and they are large: only whoever keeps them asks.
    /// </summary>
    public IReadOnlyList<PolicyDocument> Documents => DocumentsFrom?.Invoke() ?? [];

    /// <summary>Makes <see cref="Documents"/>; null when there is nothing to keep.</summary>
    public Func<IReadOnlyList<PolicyDocument>>? DocumentsFrom { get; init; }
}

/// <summary>One document of a download as it came: its name and whole content; null content when there is none.</summary>
public sealed record PolicyDocument(string Name, byte[]? Content);

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

/// <summary>The last accepted download, kept on this machine for a restart without its source.</summary>
public interface IPolicyCache
{
    /// <summary>Whether anything is kept at all, so that it is worth asking for <see cref="PolicyDownload.Documents"/>.</summary>
    bool Keeps => true;

    /// <summary>
    /// Keeps what was read from <paramref name="documents"/> in place of what was kept before. That it cannot be kept is
    /// logged and no failure: whoever has the download can go on.
    /// </summary>
    Task KeepAsync(string stamp, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellation);

    /// <summary>
    /// What was kept, when it is exactly what <paramref name="stamp"/> stands for; null when it is something else, damaged,
    /// or not there.
    /// </summary>
    Task<PolicyDownload?> FindAsync(string stamp, CancellationToken cancellation);
}
