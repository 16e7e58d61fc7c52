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
    private CancellationToken _walking;
    private Standing _walk = Standing.Queued;

    /// <summary>Creates a driver of an open task.</summary>
    /// <param name="task">The task as the store has it.</param>
    /// <param name="services">The services that it uses.</param>
    /// <param name="stopping">The process or the grain ends. The task stays open, and another driver resumes it.</param>
    public TaskDriver(SyncTask task, TaskServices services, CancellationToken stopping)
    {
        (_services, _stopping, _cancelled) = (services, stopping, _cancel.Token);
        _plan = TaskPlan.Of(task.Request, services.Managed);
        _share = TaskShare.Of(task.Request);
        _record = new TaskRecorder(task, services.Store, services.Notices, services.Audit, services.Waits, services.Time, stopping);
        _discovery = new TaskDiscovery(_plan, services.Managed, task.Progress, Cursor);
        _tokensBeforeRestart = [.. new[] { Cursor.SchemaPage, Cursor.Page }.OfType<string>()];
        if (_plan.Targets.Count > 0)
        {
            _started.TrySetResult(); // the task takes its time: the caller need not wait for it
        }
    }

    /// <summary>The task as it is now, with what is known but not stored yet.</summary>
    public SyncTask Current => _record.Current.Status.IsTerminal() ? _record.Current : _record.CurrentWithEnded with
    {
        Status = _check?.Current.Status ?? LiveStatus,
        Message = _check is { } check ? check.LiveMessage ?? TaskMessages.CheckingPlan : LiveMessage ?? _record.Current.Message,
        Progress = _discovery.Over(_record.CurrentWithEnded.Progress, Cursor),
    };

    /// <summary>Completes at once when there is something to sync, otherwise with the task.</summary>
    public Task Started => _started.Task;

    private WalkCursor Cursor
    {
        get => _record.Cursor;
        set => _record.Cursor = value;
    }

    private Securable Target => _plan.Targets[Cursor.Target].Securable;

    private bool IsWalk => _plan.Targets[Cursor.Target].IsWalk;

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

    private string? LiveMessage => _record.Current.Cancel is not null ? TaskMessages.Cancelling(_inFlight.Count)
        : LiveStatus != SyncTaskStatus.Waiting ? null
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
        using var walking = CancellationTokenSource.CreateLinkedTokenSource(either.Token, _cancelled);
        (_cancellation, _walking) = (either.Token, walking.Token);
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
            if (await PreparePlanAsync() is { } outdated)
            {
                return outdated;
            }

            if (_record.Current.Cancel is { } cancel)
            {
                return await TakeOverCancelledAsync(cancel);
            }

            if (!Cursor.SkippedStored)
            {
                await _record.AddAsync(_plan.Skipped);
                Cursor = Cursor with { SkippedStored = true };
            }

            while (Cursor.Target < _plan.Targets.Count)
            {
                _walking.ThrowIfCancellationRequested();
                await RunTargetsAsync();
            }

            if (_wasLeft)
            {
                return Cancelled();
            }

            var progress = _record.Current.Progress;
            return TaskTally.Conclude(
                _record.Current, progress.Skipped > 0 && progress.Skipped == progress.Done ? await _record.FirstSkipAsync() : null);
        }
        catch (SyncException e)
        {
            return Fail(e.Code, e.Message);
        }
        catch (OperationCanceledException) when (IsCancelled && !_cancellation.IsCancellationRequested)
        {
            return Cancelled();
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
            _discovery.BeginTargets(_record.Current.Progress, 1, Cursor);
            await WalkAsync(Target);
            Cursor = Cursor.At(Cursor.Target + 1);
            return;
        }

        var leaves = _plan.Targets.Skip(Cursor.Target).TakeWhile(next => !next.Securable.Type.IsContainer())
            .Take(TaskRecorder.MaxUnsaved).ToList();
        _discovery.BeginTargets(_record.Current.Progress, leaves.Count, Cursor);
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
        IsBulk = IsWalk,
        Share = _share,
        Candidate = Candidate,
        Allowed = _agreed?.DigestOf(securable),
    };

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
        Progress = _discovery.Over(_record.Current.Progress, Cursor),
        Status = SyncTaskStatus.Failed,
        Outcome = _record.Current.Progress is var progress && progress.Done > progress.Failed + progress.Skipped
            ? SyncTaskOutcome.Partial
            : SyncTaskOutcome.Failed,
        Message = TaskMessages.Error(code, message),
    };
}
