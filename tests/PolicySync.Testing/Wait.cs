using System.Diagnostics;

namespace PolicySync.Testing;

/// <summary>Waiting for a condition, with a bound. There are no sleeps.</summary>
public static class Wait
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    public static async Task<T> ForAsync<T>(Func<Task<T>> read, Func<T, bool> holds, TimeSpan limit, Func<T?, string> describe)
    {
        var since = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Between);
        while (true)
        {
            var value = await read();
            if (holds(value))
            {
                return value;
            }

            if (Stopwatch.GetElapsedTime(since) > limit)
            {
                throw new TimeoutException($"after {limit}: {describe(value)}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
