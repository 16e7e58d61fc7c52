namespace PolicySync.Grains;

/// <summary>Classifies failed calls to grains.</summary>
internal static class GrainCalls
{
    /// <summary>
    /// True when the grain did not answer: its silo died, is overloaded or cut off, or its state could not be read in time. The
    /// last is reported as a cancellation that is not <paramref name="ours"/>. Such a call may have taken effect, and may be repeated.
    /// </summary>
    public static bool IsUnreachable(Exception e, CancellationToken ours) =>
        e is TimeoutException or OrleansException || (e is OperationCanceledException && !ours.IsCancellationRequested);
}
