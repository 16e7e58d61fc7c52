using Microsoft.Extensions.Logging;

namespace PolicySync.Grains.Waits;

/// <summary>
/// What the tasks of this process wait for, for logs and health: a task's message tells one caller, and an outage concerns
/// them all. Each kind of wait is logged when it begins and then now and again, however many tasks wait. Safe for
/// concurrent use.
/// </summary>
public sealed partial class WaitBoard(TimeProvider time, ILogger<WaitBoard> logger)
{
    /// <summary>A wait that was not told of for so long is over. Those who wait tell of it every few seconds.</summary>
    public static readonly TimeSpan Holds = TimeSpan.FromSeconds(10);

    /// <summary>A wait is no concern of health at once: most cure themselves.</summary>
    public static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);

    /// <summary>Time between two log lines about a wait that goes on.</summary>
    public static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<WaitKind, Episode> _episodes = [];

    /// <summary>Notes that something waits now.</summary>
    /// <param name="kind">For what.</param>
    /// <param name="reason">Why, for people.</param>
    public void Note(WaitKind kind, string reason)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            var episode = _episodes.GetValueOrDefault(kind);
            if (episode is null || time.GetElapsedTime(episode.Last, now) > Holds)
            {
                episode = _episodes[kind] = new Episode { First = now, Logged = episode?.Logged };
            }

            episode.Last = now;
            if (episode.Logged is { } logged && time.GetElapsedTime(logged, now) < (episode.First > logged ? Holds : LogEvery))
            {
                return;
            }

            episode.Logged = now;
        }

        LogWaits(Standing.NameOf(kind), reason);
    }

    /// <summary>Whether something waits for it, and not just for a moment.</summary>
    public bool IsWaitedFor(WaitKind kind)
    {
        lock (_gate)
        {
            return _episodes.GetValueOrDefault(kind) is { } episode
                && time.GetElapsedTime(episode.Last) <= Holds
                && time.GetElapsedTime(episode.First) >= Noticeable;
        }
    }

    [LoggerMessage(36, LogLevel.Warning, "tasks wait for {What}: {Reason}")]
    private partial void LogWaits(string what, string reason);

    private sealed class Episode
    {
        public required long First { get; init; }

        public long Last { get; set; }

        public long? Logged { get; set; }
    }
}
