using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;
using PolicySync.Grains.Waits;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Resources;

/// <summary>One run and everybody who waits for it.</summary>
internal sealed class Run(long number, RunRequest first, TimeProvider time)
{
    private readonly List<RunCaller> _callers = [];
    private readonly TaskCompletionSource<RunReply> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Number { get; } = number;

    public RunScope Scope { get; } = first.Scope;

    public bool DryRun { get; } = first.DryRun;

    public bool AllowRevoke { get; } = first.AllowRevoke;

    public Securable Securable { get; } = first.Securable;

    public bool IsContainer => Securable.Type.IsContainer();

    /// <summary>The first caller's task: the one that the ledger names.</summary>
    public long TaskId { get; } = first.TaskId;

    /// <summary>What a listing said; null when every caller leaves it to the run to read.</summary>
    public SecurableFacts? Facts { get; private set; }

    /// <summary>True when no caller needs USE on the parents cared for.</summary>
    public bool ParentsDone { get; private set; } = true;

    /// <summary>True when what was remembered for the securable was forgotten for a caller.</summary>
    public bool IsDue { get; private set; }

    /// <summary>See <see cref="RunRequest.LapsedAt"/>; set by the run where its own securable is concerned.</summary>
    public DateTimeOffset? LapsedAt { get; set; }

    private readonly long _joined = time.GetTimestamp();
    private (WaitKind Kind, string What, long Since)? _step;
    private Standing _standing = Standing.Queued;

    /// <summary>What the run is doing. Set with <see cref="WaitFor(SyncException)"/> where it begins to wait.</summary>
    public RunPhase Phase
    {
        get => _standing.Phase;
        set => _standing = new Standing(value);
    }

    /// <summary>Counts the run's calls; null before it begins.</summary>
    public CallMeter? Meter { get; private set; }

    /// <summary>What the run is doing, as callers are told: also that what it does takes longer than it should.</summary>
    public Standing StandingNow => _standing switch
    {
        { Phase: RunPhase.Queued } when time.GetElapsedTime(_joined) >= Standing.Noticeable =>
            new Standing(RunPhase.Queued, WaitKind.Turn, $"something else is at work on {Securable}"),
        { Phase: RunPhase.Running } when Meter?.IsThrottled(time) == true => Standing.Throttled,
        { Phase: RunPhase.Running } when _step is { } step && time.GetElapsedTime(step.Since) >= Standing.Noticeable =>
            new Standing(RunPhase.Waiting, step.Kind, $"no answer yet from {step.What}"),
        { Phase: RunPhase.Running } when Meter?.IsUnanswered(time) == true =>
            new Standing(RunPhase.Waiting, WaitKind.Workspace, $"no answer yet, or only errors, about {Securable}"),
        var standing => standing,
    };

    /// <summary>Notes that the run waits after a failure, until it is tried again.</summary>
    public void WaitFor(SyncException failure) => _standing = Standing.After(failure);

    /// <summary>Notes that the run waits for something else.</summary>
    public void WaitFor(WaitKind kind, string reason) => _standing = new Standing(RunPhase.Waiting, kind, reason);

    /// <summary>Notes how the run on a container stands that this one waits for.</summary>
    public void WaitFor(Securable container, Standing standing) => _standing = standing switch
    {
        { Phase: RunPhase.Throttled } => standing,
        { Reason: { } reason } => new Standing(RunPhase.Waiting, standing.Kind, $"USE on {container}: {reason}"),
        { Phase: RunPhase.Waiting } => standing,
        _ => Standing.Running,
    };

    /// <summary>Waits for a step that others may hold up, and can tell of it meanwhile.</summary>
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

    /// <summary>True when everybody who waits for the run is a walk.</summary>
    public bool IsBulk { get; private set; } = true;

    /// <summary>The share that its calls are made from; the common one when several wait for it.</summary>
    public string Share { get; private set; } = first.Share ?? TaskShare.Common;

    /// <summary>Callers that have not fetched the result yet.</summary>
    public int Waiting { get; private set; }

    /// <summary>Who shares the run, for traces: the first few, in the order in which they came.</summary>
    public IReadOnlyList<RunCaller> Callers => _callers;

    /// <summary>True when others had asked for the run before the last one who joined it.</summary>
    public bool IsShared { get; private set; }

    public Task<RunReply> End => _end.Task;

    /// <summary>
    /// Whether a caller of <paramref name="request"/> can share this run. A full run serves those who need only USE
    /// granted; a dry run and a writing one never share, nor do runs with and without leave to revoke much.
    /// </summary>
    public bool Serves(RunRequest request) =>
        DryRun == request.DryRun
        && Securable == request.Securable // a function and a model of one name share the grain, not a run
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
    /// Notes that somebody waits for the end of the run, as a caller or for his own turn after it. What he waits for must
    /// not be held up by the rest of what its first caller wants: so its calls leave that share, and the walks.
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

    /// <summary>Begins the run; from now on nobody joins it.</summary>
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

/// <summary>Runs that wait for their turn, and those that ended but were not fetched by everybody.</summary>
internal sealed class RunQueue(TimeProvider time)
{
    // A caller that died never fetches; its run is forgotten after this many later ones.
    private const int MaxEnded = 256;

    private readonly List<Run> _waiting = [];
    private readonly Dictionary<long, Run> _open = [];
    private readonly Queue<Run> _ended = [];
    private Run? _running;
    private long _last;

    /// <summary>True when nobody waits and nobody has a result to fetch.</summary>
    public bool IsIdle => _open.Values.All(run => run.Phase == RunPhase.Done && run.Waiting <= 0);

    /// <summary>The next run that serves the request, made when there is none. Never one that has begun.</summary>
    public Run Join(RunRequest request)
    {
        var run = _waiting.Find(run => run.Serves(request));
        if (run is null)
        {
            run = new Run(++_last, request, time);
            _waiting.Add(run);
            _open[run.Number] = run;
        }

        run.Join(request);
        _running?.AwaitedBy(request);
        foreach (var earlier in _waiting.TakeWhile(earlier => earlier != run))
        {
            earlier.AwaitedBy(request);
        }

        return run;
    }

    public Run? Find(long number) => _open.GetValueOrDefault(number);

    /// <summary>Takes the next run; from now on nobody can join it.</summary>
    public Run? Take()
    {
        if (_waiting.Count == 0)
        {
            return null;
        }

        _running = _waiting[0];
        _waiting.RemoveAt(0);
        return _running;
    }

    public void Ended(Run run)
    {
        _running = null;
        _ended.Enqueue(run);
        while (_ended.Count > MaxEnded || (_ended.TryPeek(out var oldest) && oldest.Waiting <= 0))
        {
            _open.Remove(_ended.Dequeue().Number);
        }
    }
}
