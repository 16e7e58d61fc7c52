using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Queue;

namespace PolicySync.Grains.Schedules;

/// <summary>
/// Schedules the next sync of a securable. The new entry is written before the securable's state names it, and the old one is
/// deleted after, so a crash in between leaves one redundant task and never loses one.
/// </summary>
internal sealed partial class Agenda(IDueStore store, ILogger<Agenda> logger)
{
    /// <summary>True for runs that write and that sync the whole securable; other runs schedule nothing.</summary>
    public static bool Concerns(Run run) => run is { DryRun: false, Scope: RunScope.Full };

    /// <summary>The last moment before a scheduled change. Times of schedules are whole seconds.</summary>
    public static DateTimeOffset Before(DateTimeOffset due) => due.AddSeconds(-1);

    /// <summary>Writes the entry for <paramref name="next"/> if it is new, or if its entry was consumed to start this run.</summary>
    /// <exception cref="SyncException">The storage did not store it.</exception>
    public async Task RememberAsync(Run run, DateTimeOffset? known, DateTimeOffset? next, CancellationToken cancellation)
    {
        if (next is not { } time || (next == known && !run.IsDue))
        {
            return;
        }

        try
        {
            await store.AddAsync([DueSecurable.At(run.Securable, time)], cancellation);
        }
        catch (SyncException e)
        {
            throw new SyncException(SyncErrorCode.Unavailable, "the service's storage did not store when the securable is due", e);
        }
    }

    /// <summary>Deletes the entry that the securable's state no longer names.</summary>
    public async Task ForgetAsync(Securable securable, DateTimeOffset? before, DateTimeOffset? next, CancellationToken cancellation)
    {
        if (before is not { } time || before == next)
        {
            return;
        }

        try
        {
            await store.RemoveAsync([DueSecurable.At(securable, time)], cancellation);
        }
        catch (SyncException e)
        {
            LogNotDeleted(e, securable.ToString());
        }
    }

    [LoggerMessage(42, LogLevel.Warning, "Could not delete the schedule entry of {Securable}, which will get one redundant sync")]
    private partial void LogNotDeleted(Exception exception, string securable);
}
