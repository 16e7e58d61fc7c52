using Microsoft.Extensions.Logging;
using PolicySync.Core;
using PolicySync.Core.Errors;

namespace PolicySync.Grains.Waits;

/// <summary>
/// Collects what the tasks of this process wait for, for logs and health. Each kind of wait is logged when it starts and every
/// five minutes while it lasts, however many tasks wait. Safe for concurrent use.
/// </summary>
public sealed partial class WaitBoard(TimeProvider time, ILogger<WaitBoard> logger)
{
    /// <summary>A wait is over when it was not noted for this long. Waiting runs note it every few seconds.</summary>
    public static readonly TimeSpan Holds = TimeSpan.FromSeconds(10);

    /// <summary>Health ignores shorter waits, as most end by themselves.</summary>
    public static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);

    /// <summary>Time between two log lines about the same wait.</summary>
    public static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<WaitKind, Episode> _episodes = [];

    /// <summary>Notes that something waits.</summary>
    /// <param name="kind">What it waits for.</param>
    /// <param name="reason">Why, in words.</param>
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

            (episode.Last, episode.Reason) = (now, reason);
            if (episode.Logged is { } logged && time.GetElapsedTime(logged, now) < (episode.First > logged ? Holds : LogEvery))
            {
                return;
            }

            episode.Logged = now;
        }

        LogWaits(Standing.NameOf(kind), reason);
    }

    /// <summary>Whether something waits for <paramref name="kind"/>, and has for longer than <see cref="Noticeable"/>.</summary>
    public bool IsWaitedFor(WaitKind kind)
    {
        lock (_gate)
        {
            return _episodes.GetValueOrDefault(kind) is { } episode
                && time.GetElapsedTime(episode.Last) <= Holds
                && time.GetElapsedTime(episode.First) >= Noticeable;
        }
    }

    /// <summary>The code of the error that is waited for to pass; null when nothing waits for <paramref name="kind"/>.</summary>
    public SyncErrorCode? CodeOf(WaitKind kind)
    {
        lock (_gate)
        {
            // The reason travels as text that begins with its code; what has not failed yet has none.
            return !IsWaitedFor(kind) ? null
                : WireNames.TryParse<SyncErrorCode>(_episodes[kind].Reason.Split(':')[0], out var code) ? code
                : SyncErrorCode.Unavailable;
        }
    }

    [LoggerMessage(36, LogLevel.Warning, "Tasks wait for {What}: {Reason}")]
    private partial void LogWaits(string what, string reason);

    private sealed class Episode
    {
        public required long First { get; init; }

        public long Last { get; set; }

        public long? Logged { get; set; }

        public string Reason { get; set; } = "";
    }
}
