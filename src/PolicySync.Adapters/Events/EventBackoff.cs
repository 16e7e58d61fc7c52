namespace PolicySync.Adapters.Events;

/// <summary>The waits between attempts: 1, 2, 4 … 30 seconds, each up to a fifth shorter or longer. Safe for concurrent use.</summary>
internal sealed class EventBackoff(Random random)
{
    /// <summary>Longest wait before chance changes it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>The wait after a number of attempts.</summary>
    public TimeSpan After(int attempts)
    {
        var wait = Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(attempts, 10) - 1));
        lock (random)
        {
            return TimeSpan.FromSeconds(wait * (0.8 + (0.4 * random.NextDouble())));
        }
    }
}
