using Microsoft.Extensions.Logging;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>One page of a list of tasks.</summary>
/// <param name="Tasks">Open tasks, then ended tasks, newest first.</param>
/// <param name="NextPageToken">Names the next page; null at the end.</param>
public sealed record TaskPage(IReadOnlyList<TaskSummary> Tasks, string? NextPageToken);

/// <summary>
/// Lists tasks: open ones, then ended ones, newest first. Where more than <see cref="MaxSorted"/> are open, those come by lane and age. Every task is listed once, or twice if it ends between two pages. Safe for concurrent use; works in silos and in clients.
/// </summary>
public sealed class TaskListing(ITaskStore store, IGrainFactory grains, TimeProvider time, ILogger<TaskListing> logger)
{
    /// <summary>How long the grains of a page's open tasks may take to answer; the stored state is listed otherwise.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Most open tasks that are read to sort them.</summary>
    public const int MaxSorted = 1_000;

    private const int AtOnce = 32;

    private readonly TaskViews _views = new(grains, time, logger);

    /// <summary>Most pages that are read when those before held nothing that the caller may read.</summary>
    private const int MaxHiddenPages = 5;

    /// <summary>Reads a page. It may be short, or empty, before the last one.</summary>
    /// <param name="filter">Which tasks.</param>
    /// <param name="rights">The securables whose tasks are shown. A task with any other resource is not.</param>
    /// <param name="pageSize">1 to 1,000.</param>
    /// <param name="pageToken">From the page before; null for the first.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="ArgumentException">The page token was not issued for this list.</exception>
    public async Task<TaskPage> ReadAsync(
        TaskFilter filter, SecurableRights rights, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        for (var read = 1; ; read++)
        {
            var page = await PageAsync(filter, pageSize, pageToken, cancellation);
            page = page with { Tasks = await AllowedAsync(page.Tasks, rights, cancellation) };
            if (!rights.AreLimited || page.Tasks.Count > 0 || page.NextPageToken is null || read == MaxHiddenPages)
            {
                return page;
            }

            pageToken = page.NextPageToken;
        }
    }

    private async Task<IReadOnlyList<TaskSummary>> AllowedAsync(IReadOnlyList<TaskSummary> tasks, SecurableRights rights, CancellationToken cancellation)
    {
        if (!rights.AreLimited)
        {
            return tasks;
        }

        var allowed = new bool[tasks.Count];
        await Parallel.ForAsync(0, tasks.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (n, token) =>
        {
            allowed[n] = rights.Allow(tasks[n]) ?? (await store.FindAsync(tasks[n].Id, token) is { } whole && rights.Allow(whole.Request));
        });
        return [.. tasks.Where((_, n) => allowed[n])];
    }

    private async Task<TaskPage> PageAsync(TaskFilter filter, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        var place = TaskListPlace.Read(pageToken, filter);
        if (place.Part == TaskListPart.Ended)
        {
            var ended = await store.ListEndedAsync(filter, place.After, pageSize, cancellation);
            return new TaskPage(ended.Tasks, ended.Next is { } further ? new TaskListPlace(TaskListPart.Ended, further).Write(filter) : null);
        }

        var (open, next) = await OpenAsync(place, pageSize, cancellation);
        var current = await RefreshAsync(await RequestedAsync(open, filter, cancellation), cancellation);
        TaskSummary[] tasks = [.. current.Where(filter.MatchesState)];
        next ??= filter.Status?.IsTerminal() is false ? null : new TaskListPlace(TaskListPart.Ended, After: null); // on a page of their own
        return open.Count == 0 && next is { Part: TaskListPart.Ended }
            ? await PageAsync(filter, pageSize, next.Value.Write(filter), cancellation)
            : new TaskPage(tasks, next?.Write(filter));
    }

    /// <summary>Reads open tasks from the place on, and where to read on; null at their end.</summary>
    private async Task<(IReadOnlyList<TaskSummary> Tasks, TaskListPlace? Next)> OpenAsync(TaskListPlace place, int pageSize, CancellationToken cancellation)
    {
        if (place.Part == TaskListPart.OpenNewestFirst)
        {
            var all = await store.ListOpenAsync(after: null, MaxSorted, cancellation);
            if (all.Next is null)
            {
                var sorted = all.Tasks.Where(task => place.After is not { } last || task.Id.Value < last.Value).OrderByDescending(task => task.Id).ToList();
                return (sorted.Take(pageSize).ToList(), sorted.Count > pageSize ? place with { After = sorted[pageSize - 1].Id } : null);
            }

            if (place.After is not null)
            {
                // Too many became open while the list was read. Those that a page has shown come again.
                place = place with { After = null };
            }
        }

        var slice = await store.ListOpenAsync(place.After, pageSize, cancellation);
        return (slice.Tasks, slice.Next is { } further ? new TaskListPlace(TaskListPart.OpenByLane, further) : null);
    }

    // Before the grains are asked for the state of what is left.
    private async Task<IReadOnlyList<TaskSummary>> RequestedAsync(IReadOnlyList<TaskSummary> open, TaskFilter filter, CancellationToken cancellation)
    {
        var requested = new List<TaskSummary>();
        foreach (var task in open.Where(filter.MatchesRequest))
        {
            if (filter.Securable is not { } securable || await NamesAsync(task, securable, cancellation))
            {
                requested.Add(task);
            }
        }

        return requested;
    }

    private async Task<bool> NamesAsync(TaskSummary task, NamedSecurable securable, CancellationToken cancellation) =>
        task.Resources.Any(securable.IsShownAs)
        || (!task.HasAllResources && await store.FindAsync(task.Id, cancellation) is { } whole && securable.IsNamedBy(whole.Request));

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
