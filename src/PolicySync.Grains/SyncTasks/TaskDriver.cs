using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Drives a task from its first target to its end. It holds the request, a cursor, counts and the first failures, but never a list of
/// all securables: results are stored in chunks. It is single-threaded, in the scheduler of its grain.
/// </summary>
internal sealed partial class TaskDriver
{
    /// <summary>Most securables of one task that are synced at once.</summary>
    private const int Window = 16;

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<Securable, (Standing Standing, long Since)> _inFlight = [];
    private readonly TaskServices _services;
    private readonly TaskPlan _plan;
    private readonly TaskRecorder _record;
    private readonly string _share;
    private readonly CancellationToken _stopping;
    private CancellationToken _cancellation;
    private Standing _walk = Standing.Queued;
    private int _pending;

    /// <summary>Creates a driver of an open task.</summary>
    /// <param name="task">The task as the store has it.</param>
    /// <param name="services">The services that it uses.</param>
    /// <param name="stopping">The process or the grain ends. The task stays open, and another driver resumes it.</param>
    public TaskDriver(SyncTask task, TaskServices services, CancellationToken stopping)
    {
        (_services, _stopping) = (services, stopping);
        _plan = TaskPlan.Of(task.Request, services.Managed);
        _share = TaskShare.Of(task.Request);
        _record = new TaskRecorder(task, services.Store, services.Waits, services.Time, stopping);
        _tokensBeforeRestart = [.. new[] { Cursor.SchemaPage, Cursor.Page }.OfType<string>()];
        if (_plan.Targets.Count > 0)
        {
            _started.TrySetResult(); // the task takes its time: the caller need not wait for it
        }
    }

    /// <summary>The task as it is now, with what is known but not stored yet.</summary>
    public SyncTask Current => _record.Current.Status.IsTerminal() ? _record.Current : _record.Current with
    {
        Status = LiveStatus,
        Message = LiveMessage ?? _record.Current.Message,
        Progress = _record.Current.Progress with { Total = _record.Current.Progress.Total + _pending },
    };

    /// <summary>Completes at once when there is something to sync, otherwise with the task.</summary>
    public Task Started => _started.Task;

    private WalkCursor Cursor
    {
        get => _record.Cursor;
        set => _record.Cursor = value;
    }

    private Securable Target => _plan.Targets[Cursor.Target].Securable;

    private IEnumerable<Standing> Activities => _record.Trouble is { } trouble ? [new Standing(RunPhase.Waiting, WaitKind.Storage, trouble)]
        : _inFlight.Count > 0 ? _inFlight.Select(run => StandingOf(run.Key, run.Value))
        : [WalkStanding];

    private Standing WalkStanding =>
        _walk.Phase != RunPhase.Running ? _walk
        : _listing?.IsThrottled(_services.Time) == true ? Standing.Throttled
        : _listing?.IsUnanswered(_services.Time) == true ? new Standing(RunPhase.Waiting, WaitKind.Workspace, "no answer yet, or only errors, to a listing")
        : _walk;

    // The task waits when everything that it does waits: for a turn, for policies, for a server that asked for fewer calls.
    private SyncTaskStatus LiveStatus => Activities.All(run => run.Phase is RunPhase.Queued or RunPhase.Waiting or RunPhase.Throttled)
        ? SyncTaskStatus.Waiting
        : SyncTaskStatus.InProgress;

    private string? LiveMessage => LiveStatus != SyncTaskStatus.Waiting ? null
        : Activities.Any(run => run.Phase == RunPhase.Throttled) ? TaskMessages.Throttled
        : Activities.Select(run => run.Message).FirstOrDefault(message => message is not null);

    // A requested run that has not reported since is queued at a process that does not answer.
    private Standing StandingOf(Securable securable, (Standing Standing, long Since) run) =>
        run.Standing == Standing.Queued && _services.Time.GetElapsedTime(run.Since) >= Standing.Noticeable
            ? new Standing(RunPhase.Queued, WaitKind.Silo, $"the resource grain of {securable} has not answered yet")
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
    /// Drives the task to its end and returns when the final state is stored. When stopped it throws
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
            await RescheduleAsync(RemainingTargets());
            await _record.FinishAsync(ended);
        }
        finally
        {
            _started.TrySetResult();
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
            return Fail(e.Code, e.Message);
        }
        catch (Exception) when (deadline.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            return Fail(SyncErrorCode.TooOld, TaskMessages.TooOld(_services.Tasks.MaxAge));
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
        AllowRevoke = _record.Current.Request.AllowRevoke || IsVerify, // a task that writes nothing needs no limit
        IsDue = IsDue,
        TaskId = _record.Current.Id.Value,
        IsBulk = Target.Type.IsContainer(),
        Share = _share,
    };

    /// <summary>Syncs a chunk of securables, at most a window at once, and stores their results.</summary>
    private async Task RunChunkAsync(IReadOnlyList<(RunRequest Request, string Type)> items, Action advance)
    {
        await _record.MakeRoomAsync(items.Count);
        var results = new ResourceResult[items.Count];
        var failed = new List<Securable>();
        var next = 0;
        _pending = items.Count;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(Window, items.Count)).Select(_ => RunNextAsync()));
        }
        finally
        {
            _pending = 0;
        }

        await RescheduleAsync(failed);
        await _record.AddAsync(WithoutRepeatedCalls(results));
        advance();
        ThrowIfFatal(results);

        async Task RunNextAsync()
        {
            while (next < items.Count)
            {
                var index = next++;
                var (request, type) = items[index];
                var reply = await RunOneAsync(request);
                results[index] = reply.Result! with { Type = type };
                failed.AddRange(DueAgain(request.Securable, reply));
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

    // With such an error code every further securable would fail too.
    private static void ThrowIfFatal(IEnumerable<ResourceResult> results)
    {
        if (results.FirstOrDefault(result => result.Error is { } error && SyncErrorCodes.EndsTask(error.Code)) is { Error: { } error })
        {
            throw new SyncException(error.Code, error.Message);
        }
    }

    private SyncTask Fail(SyncErrorCode code, string message) => _record.Current with
    {
        Status = SyncTaskStatus.Failed,
        Outcome = _record.Current.Progress is var progress && progress.Done > progress.Failed + progress.Skipped
            ? SyncTaskOutcome.Partial
            : SyncTaskOutcome.Failed,
        Message = TaskMessages.Error(code, message),
    };
}
