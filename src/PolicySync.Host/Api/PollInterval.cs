using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api;

/// <summary>When a client should ask for a task again: soon for a young task, later for one that has run for long or has much left.</summary>
internal static class PollInterval
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Whole seconds, 1 to 30.</summary>
    public static int SecondsFor(SyncTask task, DateTimeOffset now)
    {
        // Half of what is left, where that is known; otherwise a tenth of the age, as what has run for a minute will hardly end
        // within a second.
        var next = ProgressDetail.TimeLeft(task, now) / 2 ?? (now - task.CreateTime) / 10;
        return (int)Math.Ceiling(Math.Clamp(next.TotalSeconds, 1, Longest.TotalSeconds));
    }
}
