using PolicySync.Core.Errors;

namespace PolicySync.Host.Api;

/// <summary>Turns storage that does not answer into an answer of our own.</summary>
internal sealed class StorageDeadline(TimeProvider time)
{
    /// <summary>How long a caller of the API waits for storage.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/> when <see cref="Limit"/> is over.</exception>
    public async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            // The call is told to stop and also left behind: a store may not look at its token.
            return await call(either.Token).WaitAsync(Limit, time, aborted);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !aborted.IsCancellationRequested)
        {
            throw new SyncException(SyncErrorCode.Unavailable, "storage did not answer in time", e);
        }
    }
}
