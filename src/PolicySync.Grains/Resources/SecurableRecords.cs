using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Reads what the service has recorded about securables, from their grains: grants that it made, functions of row filters and masks,
/// the last write. The workspace is not called. Safe for concurrent use; works in silos and in clients.
/// </summary>
public sealed class SecurableRecords(IGrainFactory grains, TimeProvider time)
{
    /// <summary>The recorded state; null when the service has made nothing on the securable that still exists.</summary>
    /// <param name="instance">Name of the connector instance.</param>
    /// <param name="securable">The securable.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: no silo answers.</exception>
    public Task<ResourceState?> FindAsync(string instance, Securable securable, CancellationToken cancellation) => GrainCalls.AskAsync(
        () => grains.GetGrain<IResourceGrain>(ResourceKey.Of(instance, securable)).PeekAsync(identity: null),
        $"for {securable}", isEverywhere: true, time, cancellation);
}
