using PolicySync.Core.Errors;

namespace PolicySync.Core.Drift;

/// <summary>
/// Keeps the differences of securables durably. Keys are those of <see cref="DriftId.KeyOf"/>. Each method may throw
/// <see cref="SyncException"/> with <see cref="SyncErrorCode.Unavailable"/> when the storage does not answer.
/// </summary>
public interface IDriftStore
{
    /// <summary>The record with a key; null when there is none.</summary>
    Task<DriftRecord?> FindAsync(string key, CancellationToken cancellation);

    /// <summary>
    /// Stores a record in place of the one of its <see cref="DriftRecord.Version"/>, or as a new one. False when there is another version
    /// by now: read again.
    /// </summary>
    Task<bool> SetAsync(DriftRecord record, CancellationToken cancellation);

    /// <summary>Deletes a record of this version; true also when there is none. False when there is another version by now.</summary>
    Task<bool> RemoveAsync(DriftRecord record, CancellationToken cancellation);

    /// <summary>Reads records in the order of their keys.</summary>
    /// <param name="from">The smallest key; null to begin.</param>
    /// <param name="count">Most records.</param>
    /// <param name="cancellation">Stops reading.</param>
    Task<IReadOnlyList<DriftRecord>> ListAsync(string? from, int count, CancellationToken cancellation);
}
