namespace PolicySync.Core.Policies.Watching;

/// <summary>
/// Keeps the policies whose changes were dealt with last, each under the hash of its content. Each method may throw
/// <see cref="Errors.SyncException"/> with <see cref="Errors.SyncErrorCode.Unavailable"/> when the storage does not answer.
/// </summary>
public interface IWatchedSets
{
    /// <summary>Stores the form of <see cref="WatchedPolicies.Write"/>. Storing it again changes nothing.</summary>
    Task PutAsync(string hash, byte[] stored, CancellationToken cancellation);

    /// <summary>Reads one; null when there is none.</summary>
    Task<byte[]?> FindAsync(string hash, CancellationToken cancellation);

    /// <summary>Deletes one; does nothing when there is none.</summary>
    Task DeleteAsync(string hash, CancellationToken cancellation);
}
