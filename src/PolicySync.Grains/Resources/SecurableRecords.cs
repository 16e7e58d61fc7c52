using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Reads what the service has recorded about securables, from their grains: grants that it made, functions of row filters and masks,
/// the last write. The workspace is not called. Safe for concurrent use; works in silos and in clients.
/// </summary>
public sealed class SecurableRecords(IGrainFactory grains, TimeProvider time)
{
    /// <summary>Longest wait for an answer. A call between processes may take 8 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>The recorded state; null when the service has made nothing on the securable that still exists.</summary>
    /// <param name="instance">Name of the connector instance.</param>
    /// <param name="securable">The securable.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: no silo answers.</exception>
    public async Task<ResourceState?> FindAsync(string instance, Securable securable, CancellationToken cancellation)
    {
        try
        {
            return await grains.GetGrain<IResourceGrain>(ResourceKey.Of(instance, securable)).PeekAsync(identity: null)
                .WaitAsync(Patience, time, cancellation);
        }
        catch (Exception e) when (GrainCalls.IsUnreachable(e, cancellation))
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"no silo answers for {securable}; send the request again", e);
        }
    }
}
