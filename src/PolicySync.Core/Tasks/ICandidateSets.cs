namespace PolicySync.Core.Tasks;

/// <summary>
/// Keeps the candidate sets of plans, each under the hash of its content, for at least as long as tasks are kept. Each method may throw
/// <see cref="Errors.SyncException"/> with <see cref="Errors.SyncErrorCode.Unavailable"/> when the storage does not answer.
/// </summary>
public interface ICandidateSets
{
    /// <summary>Stores a packed set. Storing it again lets it be kept from now on.</summary>
    Task PutAsync(string hash, byte[] packed, CancellationToken cancellation);

    /// <summary>Reads a packed set; null when there is none.</summary>
    Task<byte[]?> FindAsync(string hash, CancellationToken cancellation);
}
