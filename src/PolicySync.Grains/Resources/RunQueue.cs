using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Grains.Telemetry;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Resources;

/// <summary>One run and everybody who waits for it.</summary>
internal sealed class Run(long number, RunRequest first)
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

    public RunPhase Phase { get; set; } = RunPhase.Queued;

    /// <summary>Counts the run's calls; null before it begins.</summary>
    public CallMeter? Meter { get; private set; }

    /// <summary>What the run is doing, as callers are told.</summary>
    public RunPhase PhaseNow(TimeProvider time) =>
        Phase == RunPhase.Running && Meter?.IsThrottled(time) == true ? RunPhase.Throttled : Phase;

    /// <summary>True when every caller is a walk.</summary>
    public bool IsBulk { get; private set; } = true;

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
        IsBulk &= request.IsBulk;
    }

    /// <summary>Begins the run; from now on nobody joins it.</summary>
    public CallMeter Begin()
    {
        Phase = RunPhase.Running;
        return Meter = new CallMeter(new CallFlow(TaskId, IsBulk));
    }

    public void Fetched() => Waiting--;

    public void Complete(RunReply reply)
    {
        Phase = RunPhase.Done;
        _end.TrySetResult(reply);
    }
}

/// <summary>Runs that wait for their turn, and those that ended but were not fetched by everybody.</summary>
internal sealed class RunQueue
{
    // A caller that died never fetches; its run is forgotten after this many later ones.
    private const int MaxEnded = 256;

    private readonly List<Run> _waiting = [];
    private readonly Dictionary<long, Run> _open = [];
    private readonly Queue<Run> _ended = [];
    private long _last;

    /// <summary>True when nobody waits and nobody has a result to fetch.</summary>
    public bool IsIdle => _open.Values.All(run => run.Phase == RunPhase.Done && run.Waiting <= 0);

    /// <summary>The next run that serves the request, made when there is none. Never one that has begun.</summary>
    public Run Join(RunRequest request)
    {
        var run = _waiting.Find(run => run.Serves(request));
        if (run is null)
        {
            run = new Run(++_last, request);
            _waiting.Add(run);
            _open[run.Number] = run;
        }

        run.Join(request);
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

        var run = _waiting[0];
        _waiting.RemoveAt(0);
        return run;
    }

    public void Ended(Run run)
    {
        _ended.Enqueue(run);
        while (_ended.Count > MaxEnded || (_ended.TryPeek(out var oldest) && oldest.Waiting <= 0))
        {
            _open.Remove(_ended.Dequeue().Number);
        }
    }
}
