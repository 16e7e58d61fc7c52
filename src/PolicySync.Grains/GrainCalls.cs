using PolicySync.Core.Errors;

namespace PolicySync.Grains;

/// <summary>Calls grains, and classifies calls that failed.</summary>
internal static class GrainCalls
{
    /// <summary>Longest wait for an answer. A call between processes may take 8 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>
    /// True when the grain did not answer: its silo died, is overloaded or cut off, or its state could not be read in time. The
    /// last is reported as a cancellation that is not <paramref name="ours"/>. Such a call may have taken effect, and may be repeated.
    /// </summary>
    public static bool IsUnreachable(Exception e, CancellationToken ours) =>
        e is TimeoutException or OrleansException || (e is OperationCanceledException && !ours.IsCancellationRequested);

    /// <summary>Calls a grain and waits for its answer.</summary>
    /// <param name="call">Finds the grain and calls it.</param>
    /// <param name="asked">What it is asked, for the message: <c>with its checks</c>.</param>
    /// <param name="isEverywhere">False when silos of an earlier build lack the grain: then finding it fails while the cluster has only those.</param>
    /// <param name="time">Measures the wait.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="patience">Longest wait; null for 8 seconds.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: no silo answers.</exception>
    public static async Task<T> AskAsync<T>(
        Func<Task<T>> call, string asked, bool isEverywhere, TimeProvider time, CancellationToken cancellation, TimeSpan? patience = null)
    {
        try
        {
            return await call().WaitAsync(patience ?? Patience, time, cancellation);
        }
        catch (Exception e) when ((e is ArgumentException && !isEverywhere) || IsUnreachable(e, cancellation))
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"no silo answers {asked}; send the request again", e);
        }
    }
}
