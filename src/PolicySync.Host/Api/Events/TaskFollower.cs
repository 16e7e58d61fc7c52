using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Events;

/// <summary>
/// Follows one task for one stream: asks the silo that drives it about every second, and reads its results from storage when there
/// are more. A stream reads storage at most once a second.
/// </summary>
internal sealed class TaskFollower(TaskGateway tasks, TokenRecheck tokens, StorageDeadline deadline, TimeProvider time)
{
    public const string Status = "status";
    public const string Progress = "progress";
    public const string Result = "result";

    /// <summary>Most results that are read at once.</summary>
    private const int PageSize = 500;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    /// <summary>A token is checked again so often: one whose key is removed should open nothing for long.</summary>
    private static readonly TimeSpan RecheckEvery = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Writes the events of a task, up to its end, the end of its token, or <paramref name="end"/>. The last event of a task that
    /// has ended is its status.
    /// </summary>
    /// <param name="task">The task as it was read a moment ago.</param>
    /// <param name="after">The number of the last result that the client has; -1 for none.</param>
    /// <param name="writer">Writes the events.</param>
    /// <param name="http">The request.</param>
    /// <param name="end">The client is gone, or the process stops.</param>
    public async Task FollowAsync(SyncTask task, long after, EventWriter writer, HttpContext http, CancellationToken end)
    {
        var (shown, pace, check) = (new ShownTask(writer, time), new Pace(time), new Pace(time));
        await writer.BeginAsync();
        while (true)
        {
            var round = time.GetTimestamp();
            await shown.ShowAsync(task);
            (after, var areAll) = await SendResultsAsync(task, after, writer, pace, end);
            if (areAll && task.Status.IsTerminal())
            {
                await shown.ShowEndAsync(task);
                return;
            }

            if (end.IsCancellationRequested || (check.Since >= RecheckEvery && !await tokens.IsValidAsync(http)))
            {
                return;
            }

            check = check.Since >= RecheckEvery ? new Pace(time) : check;
            var pause = Interval(task) - time.GetElapsedTime(round);
            if (await AttendAsync(NextAsync(task, pause > TimeSpan.Zero ? pause : TimeSpan.Zero, pace, end), writer) is not { } next)
            {
                return; // its retention is over
            }

            task = next;
        }
    }

    // A task that has run for a minute changes slowly enough to be asked for less often.
    private TimeSpan Interval(SyncTask task) =>
        TimeSpan.FromSeconds(Math.Clamp((time.GetUtcNow() - task.CreateTime).TotalSeconds / 60, Shortest.TotalSeconds, Longest.TotalSeconds));

    private async Task<SyncTask?> NextAsync(SyncTask task, TimeSpan pause, Pace pace, CancellationToken end)
    {
        if (task.Status.IsTerminal())
        {
            await PauseAsync(pause, end);
            return task;
        }

        var news = await tasks.NewsAsync(task, pause, end);
        if (news is not null || end.IsCancellationRequested)
        {
            return news ?? task;
        }

        // No silo answers for the task, or it has ended, of which the store knows more.
        await PauseAsync(pace.Left, end);
        try
        {
            return await deadline.WithinAsync(cancellation => tasks.FindAsync(task.Id, cancellation), end);
        }
        catch (Exception e) when (IsOver(e, end))
        {
            return task;
        }
        finally
        {
            pace.Restart();
        }
    }

    /// <summary>
    /// Sends results that are new. Of a running task at most one page, so that its status is not held up. A task that was cancelled may
    /// lack numbers, so its results are read to their end.
    /// </summary>
    private async Task<(long After, bool AreAll)> SendResultsAsync(SyncTask task, long after, EventWriter writer, Pace pace, CancellationToken end)
    {
        while (task.Progress.Done > after + 1 || task.Outcome == SyncTaskOutcome.Cancelled)
        {
            await AttendAsync(PauseAsync(pace.Left, end), writer);
            if (end.IsCancellationRequested)
            {
                return (after, false);
            }

            IReadOnlyList<NumberedResult> page;
            try
            {
                page = await AttendAsync(deadline.WithinAsync(cancellation => tasks.ResultsAfterAsync(task.Id, after, PageSize, cancellation), end), writer);
            }
            catch (Exception e) when (IsOver(e, end))
            {
                return (after, false); // asked again in the next round
            }
            finally
            {
                pace.Restart();
            }

            foreach (var (number, result) in page)
            {
                if (number > after + 1 && !task.Status.IsTerminal())
                {
                    return (after, false); // those between are not stored yet
                }

                await writer.SendAsync(Result, ResourceDetail.Of(result), ApiJson.Default.ResourceDetail, number);
                after = number;
                if (end.IsCancellationRequested)
                {
                    return (after, false);
                }
            }

            if (page.Count == 0 || !task.Status.IsTerminal())
            {
                break;
            }
        }

        return (after, true);
    }

    private static bool IsOver(Exception e, CancellationToken end) =>
        e is SyncException || (e is OperationCanceledException && end.IsCancellationRequested);

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken end)
    {
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return true;
    }

    /// <summary>Waits for what a stream needs next, and sends heartbeats meanwhile.</summary>
    private async Task<T> AttendAsync<T>(Task<T> work, EventWriter writer)
    {
        while (!work.IsCompleted)
        {
            if (writer.UntilHeartbeat <= TimeSpan.Zero)
            {
                await writer.SendHeartbeatAsync();
                continue;
            }

            using var done = new CancellationTokenSource();
            await Task.WhenAny(work, Task.Delay(writer.UntilHeartbeat, time, done.Token));
            await done.CancelAsync();
        }

        return await work;
    }

    /// <summary>The time since an event, and until the next one may be.</summary>
    private sealed class Pace(TimeProvider time)
    {
        private long _last = time.GetTimestamp();

        public TimeSpan Since => time.GetElapsedTime(_last);

        public TimeSpan Left => Shortest - Since;

        public void Restart() => _last = time.GetTimestamp();
    }
}
