using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Carries a task from its first target to its end. Holds the request, a cursor, counts and the first failures, never
/// a list of all securables: results go to the store chunk by chunk. Single-threaded: it lives in its grain's scheduler.
/// </summary>
internal sealed partial class TaskDriver
{
    /// <summary>Securables of one task that are synced at once.</summary>
    private const int Window = 16;

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<Securable, (Standing Standing, long Since)> _inFlight = [];
    private readonly TaskServices _services;
    private readonly TaskPlan _plan;
    private readonly TaskRecorder _record;
    private readonly string _share;
    private readonly CancellationToken _stopping;
    private CancellationToken _cancellation;
    private Standing _walk = Standing.Queued;
    private int _coming;

    /// <summary>A driver of an open task.</summary>
    /// <param name="task">The task as the store has it.</param>
    /// <param name="services">What it works with.</param>
    /// <param name="stopping">The process or the grain ends: the task stays open, for another to resume.</param>
    public TaskDriver(SyncTask task, TaskServices services, CancellationToken stopping)
    {
        (_services, _stopping) = (services, stopping);
        _plan = TaskPlan.Of(task.Request, services.Managed);
        _share = TaskShare.Of(task.Request);
        _record = new TaskRecorder(task, services.Store, services.Waits, services.Time, stopping);
        _oldTokens = [.. new[] { Cursor.SchemaPage, Cursor.Page }.OfType<string>()];
        if (_plan.Targets.Count > 0)
        {
            _begun.TrySetResult(); // it takes its time, and whoever started us need not wait for it
        }
    }

    /// <summary>The task as it is now, with what is known but not stored yet.</summary>
    public SyncTask Current => _record.Current.Status.IsTerminal() ? _record.Current : _record.Current with
    {
        Status = LiveStatus,
        Message = LiveMessage ?? _record.Current.Message,
        Progress = _record.Current.Progress with { Total = _record.Current.Progress.Total + _coming },
    };

    /// <summary>Done at once when there is something to sync, else with the task.</summary>
    public Task Begun => _begun.Task;

    private WalkCursor Cursor
    {
        get => _record.Cursor;
        set => _record.Cursor = value;
    }

    private Securable Target => _plan.Targets[Cursor.Target].Securable;

    private IEnumerable<Standing> AtWork => _record.Trouble is { } trouble ? [new Standing(RunPhase.Waiting, WaitKind.Storage, trouble)]
        : _inFlight.Count > 0 ? _inFlight.Select(run => StandingOf(run.Key, run.Value))
        : [WalkStanding];

    private Standing WalkStanding =>
        _walk.Phase != RunPhase.Running ? _walk
        : _listing?.IsThrottled(_services.Time) == true ? Standing.Throttled
        : _listing?.IsUnanswered(_services.Time) == true ? new Standing(RunPhase.Waiting, WaitKind.Workspace, "no answer yet, or only errors, to a listing")
        : _walk;

    // Waiting when everything at work waits: for its turn, for policies, for a server that asked for fewer calls.
    private SyncTaskStatus LiveStatus => AtWork.All(run => run.Phase is RunPhase.Queued or RunPhase.Waiting or RunPhase.Throttled)
        ? SyncTaskStatus.Waiting
        : SyncTaskStatus.InProgress;

    private string? LiveMessage => LiveStatus != SyncTaskStatus.Waiting ? null
        : AtWork.Any(run => run.Phase == RunPhase.Throttled) ? TaskMessages.Throttled
        : AtWork.Select(run => run.Message).FirstOrDefault(message => message is not null);

    // One that has not been heard of since it was asked for stands where nobody tells us of it.
    private Standing StandingOf(Securable securable, (Standing Standing, long Since) run) =>
        run.Standing == Standing.Queued && _services.Time.GetElapsedTime(run.Since) >= Standing.Noticeable
            ? new Standing(RunPhase.Queued, WaitKind.Silo, $"who is to sync {securable} has not answered yet")
            : run.Standing;

    private void Note(Securable securable, Standing standing)
    {
        _inFlight[securable] = (standing, _inFlight.TryGetValue(securable, out var before) ? before.Since : _services.Time.GetTimestamp());
        Note(standing);
    }

    private void Note(Standing standing)
    {
        if (standing.Message is { } message)
        {
            _services.Waits.Note(standing.Kind, standing.Reason ?? message);
        }
    }

    /// <summary>
    /// Works to the end and returns when the final state is stored. When stopped it throws
    /// <see cref="OperationCanceledException"/>; any other exception is a defect. Both leave the task open.
    /// </summary>
    public async Task RunAsync()
    {
        var left = _services.Tasks.MaxAge - (_services.Time.GetUtcNow() - _record.Current.CreateTime);
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping);
        _cancellation = either.Token;
        try
        {
            var ended = await WorkAsync(deadline.Token);
            await ComeAgainAsync(LeftUndone());
            await _record.FinishAsync(ended);
        }
        finally
        {
            _begun.TrySetResult();
        }
    }

    private async Task<SyncTask> WorkAsync(CancellationToken deadline)
    {
        try
        {
            if (!Cursor.SkippedStored)
            {
                await _record.AddAsync(_plan.Skipped);
                Cursor = Cursor with { SkippedStored = true };
            }

            while (Cursor.Target < _plan.Targets.Count)
            {
                _cancellation.ThrowIfCancellationRequested();
                await RunTargetsAsync();
            }

            var progress = _record.Current.Progress;
            return TaskTally.Conclude(
                _record.Current, progress.Skipped > 0 && progress.Skipped == progress.Done ? await _record.FirstSkipAsync() : null);
        }
        catch (SyncException e)
        {
            return Broken(e.Code, e.Message);
        }
        catch (Exception) when (deadline.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            return Broken(SyncErrorCode.TooOld, TaskMessages.TooOld(_services.Tasks.MaxAge));
        }
    }

    private async Task RunTargetsAsync()
    {
        if (Target.Type.IsContainer())
        {
            await WalkAsync(Target);
            Cursor = Cursor.At(Cursor.Target + 1);
            return;
        }

        var leaves = _plan.Targets.Skip(Cursor.Target).TakeWhile(next => !next.Securable.Type.IsContainer())
            .Take(TaskRecorder.MaxUnsaved).ToList();
        await RunChunkAsync(
            [.. leaves.Select(leaf => (Request(leaf.Securable, RunScope.Full), leaf.RequestedType))],
            () => Cursor = Cursor.At(Cursor.Target + leaves.Count));
    }

    private bool IsVerify => _record.Current.Request.Type == TaskTypes.Verify;

    private bool WritesNothing => IsVerify || _record.Current.Request.DryRun;

    private RunRequest Request(Securable securable, RunScope scope) => new()
    {
        Securable = securable,
        Scope = scope,
        DryRun = WritesNothing,
        AllowRevoke = _record.Current.Request.AllowRevoke || IsVerify, // what is not written needs no guard
        IsDue = IsDue,
        TaskId = _record.Current.Id.Value,
        IsBulk = Target.Type.IsContainer(),
        Share = _share,
    };

    /// <summary>Syncs up to a chunk of securables, a window at a time, then stores their results.</summary>
    private async Task RunChunkAsync(IReadOnlyList<(RunRequest Request, string Type)> items, Action advance)
    {
        await _record.MakeRoomAsync(items.Count);
        var results = new ResourceResult[items.Count];
        var failed = new List<Securable>();
        var next = 0;
        _coming = items.Count;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(Window, items.Count)).Select(_ => RunNextAsync()));
        }
        finally
        {
            _coming = 0;
        }

        await ComeAgainAsync(failed);
        await _record.AddAsync(ToldOnce(results));
        advance();
        ThrowIfBroken(results);

        async Task RunNextAsync()
        {
            while (next < items.Count)
            {
                var index = next++;
                var (request, type) = items[index];
                var reply = await RunOneAsync(request);
                results[index] = reply.Result! with { Type = type };
                failed.AddRange(FailedOf(request.Securable, reply));
            }
        }
    }

    private async Task<RunReply> RunOneAsync(RunRequest request)
    {
        _cancellation.ThrowIfCancellationRequested();
        _inFlight[request.Securable] = (Standing.Queued, _services.Time.GetTimestamp());
        try
        {
            var reply = await _services.Resources.RunToEndAsync(
                request, standing => Note(request.Securable, standing), _cancellation);
            if (reply.StalePolicies)
            {
                _record.NoteStale();
            }

            return reply;
        }
        finally
        {
            _inFlight.Remove(request.Securable);
        }
    }

    // A result of this code means that whatever comes next would meet the same fault.
    private static void ThrowIfBroken(IEnumerable<ResourceResult> results)
    {
        if (results.FirstOrDefault(result => result.Error is { } error && SyncErrorCodes.EndsTask(error.Code)) is { Error: { } error })
        {
            throw new SyncException(error.Code, error.Message);
        }
    }

    private SyncTask Broken(SyncErrorCode code, string message) => _record.Current with
    {
        Status = SyncTaskStatus.Failed,
        Outcome = _record.Current.Progress is var progress && progress.Done > progress.Failed + progress.Skipped
            ? SyncTaskOutcome.Partial
            : SyncTaskOutcome.Failed,
        Message = TaskMessages.Error(code, message),
    };
}
