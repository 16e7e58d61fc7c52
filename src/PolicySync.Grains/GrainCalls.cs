namespace PolicySync.Grains;

/// <summary>What a failed call to a grain means.</summary>
internal static class GrainCalls
{
    /// <summary>
    /// Whether nobody answered: the silo died, is overloaded or cut off, or the grain's state could not be read in time.
    /// The last comes as a cancellation that is not ours. Such a call may have taken effect, and may be repeated.
    /// </summary>
    public static bool IsUnreachable(Exception e, CancellationToken ours) =>
        e is TimeoutException or OrleansException || (e is OperationCanceledException && !ours.IsCancellationRequested);
}
