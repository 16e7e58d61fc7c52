using PolicySync.Core.Errors;
using PolicySync.Core.Explaining;
using PolicySync.Core.Grants;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;
using PolicySync.Grains.Waits;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Resources.Queue;

/// <summary>One run and its callers.</summary>
#pragma warning disable CA1001 // the token source has neither a timer nor a wait handle: there is nothing to release
internal sealed class Run(long number, RunRequest first, TimeProvider time)
#pragma warning restore CA1001
{
    private readonly List<RunCaller> _callers = [];
    private readonly TaskCompletionSource<RunReply> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Number { get; } = number;

    public RunScope Scope { get; } = first.Scope;

    public bool DryRun { get; } = first.DryRun;

    public bool AllowRevoke { get; } = first.AllowRevoke;

    public Securable Securable { get; } = first.Securable;

    /// <summary>The question that it answers in place of a plan; null for a run of tasks.</summary>
    public AccessQuery? Access { get; } = first.Access;

    /// <summary>The question that it answers in place of a plan; null for a run of tasks.</summary>
    public ExplainQuestion? Explain { get; } = first.Explain;

    /// <summary>Whether it answers a question in place of carrying out a plan.</summary>
    public bool IsQuestion => Access is not null || Explain is not null;

    /// <summary>See <see cref="RunRequest.Candidate"/>.</summary>
    public string? Candidate { get; } = first.Candidate;

    /// <summary>See <see cref="RunRequest.Allowed"/>.</summary>
    public string? Allowed { get; } = first.Allowed;

    /// <summary>Whether the run is for a plan, so that its reply tells its effect.</summary>
    public bool IsForPlan => Candidate is not null || Allowed is not null;

    /// <summary>The grant that it takes as the service's own in place of a plan; null for a run of tasks.</summary>
    public GrantAdoption? Adopt { get; } = first.Adopt;

    public bool IsContainer => Securable.Type.IsContainer();

    /// <summary>The first caller's task: the one that the ledger names.</summary>
    public long TaskId { get; } = first.TaskId;

    /// <summary>Facts from a listing; null when the run has to read them.</summary>
    public SecurableFacts? Facts { get; private set; }

    /// <summary>True when no caller needs USE on the containers above granted.</summary>
    public bool ParentsDone { get; private set; } = true;

    /// <summary>True when a caller was started by a schedule entry, which is deleted by then.</summary>
    public bool IsDue { get; private set; }

    /// <summary>See <see cref="RunRequest.LapsedAt"/>; the run sets it when a schedule of its own securable has ended.</summary>
    public DateTimeOffset? LapsedAt { get; set; }

    private readonly long _joined = time.GetTimestamp();
    private (WaitKind Kind, string What, long Since)? _step;
    private Standing _standing = Standing.Queued;

    /// <summary>What the run is doing. <see cref="WaitFor(SyncException)"/> sets it when a wait begins.</summary>
    public RunPhase Phase
    {
        get => _standing.Phase;
        set => _standing = new Standing(value);
    }

    /// <summary>Counts the run's calls; null before it begins.</summary>
    public CallMeter? Meter { get; private set; }

    /// <summary>The activity of the run that callers see, including that a step takes longer than it should.</summary>
    public Standing StandingNow => _standing switch
    {
        { Phase: RunPhase.Queued } when time.GetElapsedTime(_joined) >= Standing.Noticeable =>
            new Standing(RunPhase.Queued, WaitKind.Turn, $"another run on {Securable} is under way"),
        { Phase: RunPhase.Running } when Meter?.IsThrottled(time) == true => Standing.Throttled,
        { Phase: RunPhase.Running } when _step is { } step && time.GetElapsedTime(step.Since) >= Standing.Noticeable =>
            new Standing(RunPhase.Waiting, step.Kind, $"no answer yet from {step.What}"),
        { Phase: RunPhase.Running } when Meter?.IsUnanswered(time) == true =>
            new Standing(RunPhase.Waiting, WaitKind.Workspace, $"no answer yet, or only errors, about {Securable}"),
        var standing => standing,
    };

    /// <summary>Records that the run waits after a failure, before the next attempt.</summary>
    public void WaitFor(SyncException failure) => _standing = Standing.After(failure);

    /// <summary>Records that the run waits for something else.</summary>
    public void WaitFor(WaitKind kind, string reason) => _standing = new Standing(RunPhase.Waiting, kind, reason);

    /// <summary>Records what a run on a container is doing that this one waits for.</summary>
    public void WaitFor(Securable container, Standing standing) => _standing = standing switch
    {
        { Phase: RunPhase.Throttled } => standing,
        { Reason: { } reason } => new Standing(RunPhase.Waiting, standing.Kind, $"USE on {container}: {reason}"),
        { Phase: RunPhase.Waiting } => standing,
        _ => Standing.Running,
    };

    /// <summary>Waits for a step that depends on others, and lets callers see what the run waits for.</summary>
    public async Task<T> DuringAsync<T>(WaitKind kind, string what, Task<T> step)
    {
        _step = (kind, what, time.GetTimestamp());
        try
        {
            return await step;
        }
        finally
        {
            _step = null;
        }
    }

    /// <summary>True when every caller is a walk.</summary>
    public bool IsBulk { get; private set; } = true;

    /// <summary>The share that its calls count against; the common one when callers of several shares wait for it.</summary>
    public string Share { get; private set; } = first.Share ?? TaskShare.Common;

    /// <summary>Number of callers that have not fetched the result yet.</summary>
    public int Waiting { get; private set; }

    private readonly CancellationTokenSource _abandoned = new();
    private int _left;
    private int _steps;

    /// <summary>Cancelled when no caller wants the run any more, but not while it takes a step.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Whether no caller wants the run any more.</summary>
    public bool IsAbandoned => _left > 0 && _left >= Waiting;

    /// <summary>A caller does not want the run any more. Returns whether others do.</summary>
    public bool Leave()
    {
        _left++;
        if (!IsAbandoned)
        {
            _left--;
            Waiting--;
            return true;
        }

        AbandonBetweenSteps();
        return false;
    }

    /// <summary>Begins a step that is carried out and read back whole. Dispose the result at its end.</summary>
    public IDisposable BeginStep()
    {
        _steps++;
        return new Step(this);
    }

    private void AbandonBetweenSteps()
    {
        if (IsAbandoned && _steps == 0)
        {
            _ = _abandoned.CancelAsync();
        }
    }

    private sealed class Step(Run run) : IDisposable
    {
        public void Dispose()
        {
            run._steps--;
            run.AbandonBetweenSteps();
        }
    }

    /// <summary>The first few callers, in order of arrival, for traces.</summary>
    public IReadOnlyList<RunCaller> Callers => _callers;

    /// <summary>True when the caller that joined last was not the first.</summary>
    public bool IsShared { get; private set; }

    public Task<RunReply> End => _end.Task;

    /// <summary>
    /// Whether a caller of <paramref name="request"/> can share this run. A full run serves those who need only USE
    /// granted; a dry run and a writing one never share, nor do runs with and without <c>allowRevoke</c>, runs with different
    /// policies, runs that may make different changes, or different questions.
    /// </summary>
    public bool Serves(RunRequest request) =>
        DryRun == request.DryRun
        && Candidate == request.Candidate
        && Allowed == request.Allowed
        && Securable == request.Securable // a function and a model of one name share the grain, not a run
        && Access == request.Access
        && Explain == request.Explain
        && Adopt == request.Adopt
        && (Scope == request.Scope
            ? AllowRevoke == request.AllowRevoke
            : Scope == RunScope.Full && request.Scope == RunScope.UseAdditions);

    public void Join(RunRequest request)
    {
        Waiting++;
        IsShared = _callers.Count > 0;
        if (_callers.Count < TaskTrace.MaxTasks)
        {
            _callers.Add(RunCaller.Now(request.TaskId));
        }

        Facts = request.Facts ?? Facts;
        ParentsDone &= request.ParentsDone;
        IsDue |= request.IsDue;
        LapsedAt = request.LapsedAt < LapsedAt ? request.LapsedAt : LapsedAt ?? request.LapsedAt;
        AwaitedBy(request);
    }

    /// <summary>
    /// Records that a caller waits for the end of the run, or for its own turn after it. The work of the run's first caller
    /// must not hold that caller up, so the run's calls leave the first caller's share, and the walks.
    /// </summary>
    public void AwaitedBy(RunRequest request)
    {
        var before = (IsBulk, Share);
        IsBulk &= request.IsBulk;
        Share = Share == (request.Share ?? TaskShare.Common) ? Share : TaskShare.Common;
        if (before != (IsBulk, Share))
        {
            Meter?.MoveTo(Flow);
        }
    }

    /// <summary>Begins the run.</summary>
    public CallMeter Begin()
    {
        Phase = RunPhase.Running;
        return Meter = new CallMeter(Flow);
    }

    private CallFlow Flow => new(TaskId, IsBulk, Share);

    public void Fetched() => Waiting--;

    public void Complete(RunReply reply)
    {
        Phase = RunPhase.Done;
        _end.TrySetResult(reply);
    }
}
