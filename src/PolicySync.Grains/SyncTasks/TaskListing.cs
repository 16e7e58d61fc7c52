using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>One page of a list of tasks.</summary>
/// <param name="Tasks">Open tasks by age within a lane, then ended tasks, newest first.</param>
/// <param name="NextPageToken">Names the next page; null at the end.</param>
public sealed record TaskPage(IReadOnlyList<TaskSummary> Tasks, string? NextPageToken);

/// <summary>
/// Lists tasks: open ones, then ended ones, newest first. Every task is listed once, or twice if it ends between two pages. Safe for concurrent use; works in silos and in clients.
/// </summary>
public sealed class TaskListing(ITaskStore store, IGrainFactory grains, TimeProvider time, ILogger<TaskListing> logger)
{
    /// <summary>How long the grains of a page's open tasks may take to answer; the stored state is listed otherwise.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int AtOnce = 32;

    private readonly TaskViews _views = new(grains, time, logger);

    /// <summary>Reads a page. It may be short, or empty, before the last one.</summary>
    /// <param name="status">Only tasks of this status; null for all.</param>
    /// <param name="pageSize">1 to 1,000.</param>
    /// <param name="pageToken">From the page before; null for the first.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="ArgumentException">The page token was not issued for this list.</exception>
    public async Task<TaskPage> ReadAsync(SyncTaskStatus? status, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        var place = TaskListPlace.Read(pageToken, status);
        var tasks = new List<TaskSummary>();
        if (!place.Ended)
        {
            var open = await store.ListOpenAsync(place.After, pageSize, cancellation);
            var current = await RefreshAsync(open.Tasks, cancellation);
            tasks.AddRange(current.Where(task => status is null || task.Status == status));
            if (open.Next is { } next)
            {
                return new TaskPage(tasks, new TaskListPlace(false, next).Write(status));
            }

            if (status?.IsTerminal() is false)
            {
                return new TaskPage(tasks, NextPageToken: null);
            }

            place = new TaskListPlace(true, After: null);
            if (open.Tasks.Count > 0)
            {
                // Ended tasks start on a page of their own.
                return new TaskPage(tasks, place.Write(status));
            }
        }

        var ended = await store.ListEndedAsync(status, place.After, pageSize, cancellation);
        return new TaskPage(ended.Tasks, ended.Next is { } further ? new TaskListPlace(true, further).Write(status) : null);
    }

    private async Task<TaskSummary[]> RefreshAsync(IReadOnlyList<TaskSummary> stored, CancellationToken cancellation)
    {
        var current = stored.ToArray();
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        await Parallel.ForAsync(0, current.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (n, _) =>
        {
            if (!either.IsCancellationRequested && await _views.AskAsync(current[n].Id, grain => grain.ViewAsync(), attempts: 1, either.Token) is { } view)
            {
                current[n] = Over(view, current[n]);
            }
        });
        return current;
    }

    private static TaskSummary Over(TaskView view, TaskSummary stored) => stored with
    {
        Status = view.Status,
        Message = TaskSummary.Cut(view.Message),
        Outcome = view.Outcome,
        StartTime = view.StartTime,
        EndTime = view.EndTime,
    };
}
