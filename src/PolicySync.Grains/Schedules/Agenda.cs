using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Queue;

namespace PolicySync.Grains.Schedules;

/// <summary>
/// Remembers for runs when their securable is to be synced by itself. What is next is remembered before the state says
/// so, and what was next is forgotten after: a crash in between leaves one task too many, never one too few.
/// </summary>
internal sealed partial class Agenda(IDueStore store, ILogger<Agenda> logger)
{
    /// <summary>Only runs that make the securable right as a whole, and write.</summary>
    public static bool Concerns(Run run) => run is { DryRun: false, Scope: RunScope.Full };

    /// <summary>The last moment before a change: times of schedules are whole seconds.</summary>
    public static DateTimeOffset Before(DateTimeOffset due) => due.AddSeconds(-1);

    /// <summary>Remembers <paramref name="next"/> when it is news, or when what was remembered was forgotten for this run.</summary>
    /// <exception cref="SyncException">The storage did not take it.</exception>
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
            throw new SyncException(SyncErrorCode.Unavailable, "our own storage did not take when the securable is due", e);
        }
    }

    /// <summary>Forgets what was next, now that the state no longer says so.</summary>
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
            LogNotForgotten(e, securable.ToString()); // a task will be made of it and find nothing to do
        }
    }

    [LoggerMessage(42, LogLevel.Warning, "{Securable} is synced by itself once more than needed")]
    private partial void LogNotForgotten(Exception exception, string securable);
}
