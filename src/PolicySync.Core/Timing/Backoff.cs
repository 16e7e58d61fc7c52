namespace PolicySync.Core.Timing;

/// <summary>Delays that double from <paramref name="First"/> up to <paramref name="Ceiling"/>.</summary>
/// <param name="First">The delay after the first attempt; positive.</param>
/// <param name="Ceiling">No delay is longer than this; at least <paramref name="First"/>.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Ceiling)
{
    /// <summary>The delay after an attempt.</summary>
    /// <param name="attempt">Number of the attempt, from 0.</param>
    public TimeSpan After(int attempt)
    {
        var delay = First.Ticks * Math.Pow(2, attempt);
        return delay < Ceiling.Ticks ? TimeSpan.FromTicks((long)delay) : Ceiling;
    }

    /// <summary>
    /// The delay after an attempt, between half and the whole of its length, so that callers that failed together come
    /// back apart.
    /// </summary>
    /// <param name="attempt">Number of the attempt, from 0.</param>
    /// <param name="chance">A random number from 0 up to 1.</param>
    public TimeSpan After(int attempt, double chance) => After(attempt) * (0.5 + (0.5 * chance));
}
