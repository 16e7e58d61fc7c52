using PolicySync.Core.Errors;

namespace PolicySync.Host.Api;

/// <summary>Bounds how long a request waits for storage.</summary>
internal sealed class StorageDeadline(TimeProvider time)
{
    /// <summary>How long a caller of the API waits for storage.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Makes a call to storage.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/> after <see cref="Limit"/>.</exception>
    public async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            // The call is cancelled and also abandoned, as a store may ignore its token.
            return await call(either.Token).WaitAsync(Limit, time, aborted);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !aborted.IsCancellationRequested)
        {
            throw new SyncException(SyncErrorCode.Unavailable, "storage did not answer in time", e);
        }
    }
}
