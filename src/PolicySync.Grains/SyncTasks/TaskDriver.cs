using System.Globalization;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Carries a task from its first target to its end. Holds the request, a cursor, counts and the first failures, never
/// a list of all securables: results go to the store chunk by chunk, and the cursor with them, so that a resumed task
/// repeats at most one chunk. Single-threaded: it lives in its grain's scheduler.
/// </summary>
internal sealed partial class TaskDriver(
    SyncTask task,
    TaskPlan plan,
    ITaskStore store,
    IUnityCatalog catalog,
    IGrainFactory grains,
    GrainSettings settings,
    Managed managed,
    SyncOptions sync,
    TasksOptions tasks,
    TimeProvider time)
{
    /// <summary>Securables of one task that are synced at once.</summary>
    private const int Window = 16;

    /// <summary>Securables between two checkpoints: what a resumed walk may repeat.</summary>
    private const int ChunkSize = 100;

    private static readonly TimeSpan StoreBackoff = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<Securable, RunPhase> _inFlight = [];
    private readonly bool _resumed = task.Cursor is not null;
    private WalkCursor _cursor = WalkCursor.Parse(task.Cursor);
    private int _unsaved;

    /// <summary>The task as it stands.</summary>
    public SyncTask Task { get; private set; } = task with { StartTime = task.StartTime ?? time.GetUtcNow() };

    /// <summary>Done when the first securables have been joined to runs, or the task has ended.</summary>
    public Task Begun => _begun.Task;

    /// <summary>The status to show: waiting when every securable at work is.</summary>
    public SyncTaskStatus LiveStatus =>
        Task.Status.IsTerminal() ? Task.Status
        : _inFlight.Values.Any(phase => phase is RunPhase.Running or RunPhase.Done) || Task.Progress.Done > 0 ? SyncTaskStatus.InProgress
        : SyncTaskStatus.Waiting;

    /// <summary>Works to the end. Returns when the final state is stored; any exception is a defect.</summary>
    public async Task RunAsync()
    {
        try
        {
            var age = tasks.MaxAge - (time.GetUtcNow() - Task.CreateTime);
            using var deadline = new CancellationTokenSource(age > TimeSpan.Zero ? age : TimeSpan.Zero, time);
            try
            {
                await StoreSkippedAsync();
                while (_cursor.Target < plan.Targets.Count)
                {
                    await RunTargetsAsync(deadline.Token);
                }

                await FinishAsync(Conclude(await FirstSkipAsync()));
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                await FinishAsync(Broken(SyncErrorCode.TooOld, $"the task did not end within Tasks:MaxAge ({tasks.MaxAge})"));
            }
            catch (SyncException e)
            {
                await FinishAsync(Broken(e.Code, e.Message));
            }
        }
        finally
        {
            _begun.TrySetResult();
        }
    }

    private async Task StoreSkippedAsync()
    {
        if (!_cursor.SkippedStored)
        {
            foreach (var chunk in plan.Skipped.Chunk(ChunkSize))
            {
                await RecordAsync(chunk);
            }

            _cursor = _cursor with { SkippedStored = true };
        }
    }

    private async Task RunTargetsAsync(CancellationToken cancellation)
    {
        var target = plan.Targets[_cursor.Target];
        if (target.Securable.Type.IsContainer())
        {
            await WalkAsync(target.Securable, cancellation);
            MoveTo(_cursor.Target + 1);
            return;
        }

        var leaves = plan.Targets.Skip(_cursor.Target).TakeWhile(next => !next.Securable.Type.IsContainer()).Take(ChunkSize).ToList();
        await RunChunkAsync([.. leaves.Select(leaf => (Request(leaf.Securable, RunScope.Full), leaf.RequestedType))],
            () => MoveTo(_cursor.Target + leaves.Count), cancellation);
    }

    private void MoveTo(int target) => _cursor = new WalkCursor
    {
        Target = target, NextResult = _cursor.NextResult, SkippedStored = true,
    };

    private RunRequest Request(Securable securable, RunScope scope) => new()
    {
        Securable = securable,
        Scope = scope,
        DryRun = Task.Request.DryRun,
        AllowRevoke = Task.Request.AllowRevoke,
        TaskId = Task.Id.Value,
    };

    /// <summary>Syncs up to a chunk of securables, a window at a time, then stores their results and the cursor.</summary>
    private async Task RunChunkAsync(
        IReadOnlyList<(RunRequest Request, string Type)> items, Action advance, CancellationToken cancellation)
    {
        Task = Task with { Progress = Task.Progress with { Total = Task.Progress.Total + items.Count } };
        var results = new ResourceResult[items.Count];
        var next = 0;
        await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, Math.Min(Window, items.Count)).Select(async _ =>
        {
            while (next < items.Count && !cancellation.IsCancellationRequested)
            {
                var index = next++;
                var (request, type) = items[index];
                results[index] = (await RunOneAsync(request, cancellation)).Result! with { Type = type };
            }
        }));
        cancellation.ThrowIfCancellationRequested();
        Task = Task with { Progress = Task.Progress with { Total = Task.Progress.Total - items.Count } }; // Record counts them
        advance();
        await RecordAsync(results);
        ThrowIfBroken(results);
    }

    private async Task<RunReply> RunOneAsync(RunRequest request, CancellationToken cancellation)
    {
        _inFlight[request.Securable] = RunPhase.Queued;
        try
        {
            var joined = await ResourceCalls.JoinAsync(grains, settings.Instance, request);
            _begun.TrySetResult();
            var reply = await ResourceCalls
                .RunToEndAsync(grains, settings.Instance, request, phase => _inFlight[request.Securable] = phase, time, joined)
                .WaitAsync(cancellation);
            Task = Task with { StalePolicies = Task.StalePolicies || reply.StalePolicies };
            return reply;
        }
        finally
        {
            _inFlight.Remove(request.Securable);
        }
    }

    /// <summary>Stores results under the next numbers, adds them up, and now and then the cursor.</summary>
    private async Task RecordAsync(IReadOnlyList<ResourceResult> results)
    {
        var first = _cursor.NextResult;
        await PersistAsync(() => store.SaveResultsAsync(Task.Id, first, results, CancellationToken.None));
        _cursor = _cursor with { NextResult = first + results.Count };
        Task = TaskTally.Add(Task, results);
        _unsaved += results.Count;
        if (_unsaved >= ChunkSize && _cursor.Target < plan.Targets.Count)
        {
            await CheckpointAsync();
        }
    }

    private async Task CheckpointAsync()
    {
        Task = Task with { Cursor = _cursor.ToJson(), Status = SyncTaskStatus.InProgress, Message = "Sync in progress" };
        await PersistAsync(() => store.SaveAsync(Task, CancellationToken.None));
        _unsaved = 0;
    }

    // A result of this code means that whatever comes next would meet the same fault.
    private static void ThrowIfBroken(IEnumerable<ResourceResult> results)
    {
        if (results.FirstOrDefault(result => result.Error is { } error && SyncErrorCodes.EndsTask(error.Code)) is { Error: { } error })
        {
            throw new SyncException(error.Code, error.Message);
        }
    }

    private async Task FinishAsync(SyncTask ended)
    {
        Task = ended with { EndTime = time.GetUtcNow(), Cursor = null };
        await PersistAsync(() => store.FinishAsync(Task, CancellationToken.None));
    }

    // The task is durable and has nowhere to report to but the store: it waits until the store answers.
    private async Task PersistAsync(Func<Task> write)
    {
        while (true)
        {
            try
            {
                await write();
                return;
            }
            catch (SyncException e) when (e.Code is SyncErrorCode.Unavailable or SyncErrorCode.Throttled)
            {
                await System.Threading.Tasks.Task.Delay(e.RetryAfter ?? StoreBackoff, time);
            }
        }
    }

    private SyncTask Conclude(string? firstSkip) => TaskTally.Conclude(Task, firstSkip);

    private SyncTask Broken(SyncErrorCode code, string message) => Task with
    {
        Status = SyncTaskStatus.Failed,
        Outcome = Task.Progress.Done > Task.Progress.Failed + Task.Progress.Skipped ? SyncTaskOutcome.Partial : SyncTaskOutcome.Failed,
        Message = string.Create(CultureInfo.InvariantCulture, $"{SyncErrorCodes.WireName(code)}: {message}"),
    };

    private async Task<string?> FirstSkipAsync()
    {
        if (Task.Progress.Skipped == 0 || Task.Progress.Skipped != Task.Progress.Done)
        {
            return null;
        }

        string? message = null;
        await PersistAsync(async () => message =
            (await store.ReadResultsAsync(Task.Id, ResourceStatus.Skipped, 1, null, CancellationToken.None)).Resources is [var first, ..]
                ? first.Message
                : null);
        return message;
    }
}
