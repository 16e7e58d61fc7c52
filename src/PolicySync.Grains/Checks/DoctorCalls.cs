using PolicySync.Core.Errors;

namespace PolicySync.Grains.Checks;

/// <summary>Asks a silo for its checks. Safe for concurrent use; works in silos and in clients.</summary>
public sealed class DoctorCalls(IGrainFactory grains, TimeProvider time)
{
    /// <summary>Longest wait: a check takes 10 seconds at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Returns the results of all checks.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: no silo answers.</exception>
    public async Task<CheckResults> CheckAsync(CancellationToken cancellation)
    {
        try
        {
            return await grains.GetGrain<IDoctorGrain>(0).CheckAsync().WaitAsync(Patience, time, cancellation);
        }
        catch (Exception e) when (e is ArgumentException || GrainCalls.IsUnreachable(e, cancellation)) // the argument: no silo of the cluster has the grain yet
        {
            throw new SyncException(SyncErrorCode.Unavailable, "no silo answers with its checks; send the request again", e);
        }
    }
}
