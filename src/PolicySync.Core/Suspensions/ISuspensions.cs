using PolicySync.Core.Errors;
using PolicySync.Core.Planning.Patterns;

namespace PolicySync.Core.Suspensions;

/// <summary>
/// Keeps suspensions durably, for every process of the service. Each method may throw <see cref="SyncException"/> with
/// <see cref="SyncErrorCode.Unavailable"/> when the storage does not answer.
/// </summary>
public interface ISuspensions
{
    /// <summary>
    /// How old the list may be by which a silo decides to write. Whatever sets a suspension answers only after this time has passed
    /// since it was stored.
    /// </summary>
    static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    /// <summary>Reads all, in the order of <see cref="NamePattern.Key"/>. Those that have ended may be among them.</summary>
    Task<IReadOnlyList<Suspension>> ReadAsync(CancellationToken cancellation);

    /// <summary>Stores one in place of another one of the same pattern.</summary>
    Task SetAsync(Suspension suspension, CancellationToken cancellation);

    /// <summary>Deletes the one with this pattern. False when there is none.</summary>
    Task<bool> RemoveAsync(NamePattern pattern, CancellationToken cancellation);
}
