using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.Resources.Writing;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.Resources;

/// <summary>Runs one securable's runs in turn: queues them, lets callers share them, and keeps the securable's state.</summary>
internal sealed partial class ResourceGrain : Grain, IResourceGrain, IDisposable
{
    /// <summary>How long an ended run waits for callers to fetch its result before the activation may be collected.</summary>
    private static readonly TimeSpan FetchGrace = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    // Names this activation in the intents that it writes.
    private readonly Guid _activation;
    private readonly RunQueue _queue;
    private readonly Queue<Func<Task>> _besides = [];
    private readonly ResourceRunner _runner;
    private readonly WriteFence _fence;
    private readonly GrainMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ResourceGrain> _logger;

    // Cancelled when the process or this activation ends: runs stop where they can, and their callers join a run of the
    // successor.
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _stopping;
    private Task _work = Task.CompletedTask;
    private bool _working;

    public ResourceGrain(
        [PersistentState("resource", GrainNames.Storage)] IPersistentState<ResourceState> state,
        ResourceRunner runner,
        GrainMetrics metrics,
        TimeProvider time,
        IdGenerator ids,
        IHostApplicationLifetime host,
        ILogger<ResourceGrain> logger)
    {
        (_runner, _metrics, _time, _logger) = (runner, metrics, time, logger);
        _activation = ids.NewId();
        _queue = new RunQueue(time);
        _fence = new WriteFence(state, _activation, time, runner.WriteTimeout);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping);
        _stopping = _stop.Token;
    }

    public Task<RunReply> RunAsync(RunRequest request, TimeSpan patience) =>
        _stopping.IsCancellationRequested ? Task.FromResult(Lost)
        : _queue.Refuses(request) ? Task.FromResult(TooManyQuestions(request))
        : ReplyAsync(Join(request), patience);

    public Task<RunReply> WaitAsync(RunTicket ticket, TimeSpan patience) =>
        ticket.Activation == _activation && _queue.Find(ticket.Run) is { } run
            ? ReplyAsync(run, patience)
            : Task.FromResult(Lost);

    public Task<bool> LeaveAsync(RunTicket ticket)
    {
        if (ticket.Activation != _activation || _queue.Find(ticket.Run) is not { } run || run.End.IsCompleted)
        {
            return Task.FromResult(true);
        }

        if (run.Leave())
        {
            return Task.FromResult(false);
        }

        if (_queue.Remove(run))
        {
            run.Complete(ResourceRunner.Abandoned(run.Securable, _time.GetUtcNow()));
        }

        return Task.FromResult(true);
    }

    public Task<ResourceState?> PeekAsync(string? identity) =>
        Task.FromResult(_fence.State is { } state && (identity is null ? state.HoldsAnything || state.Seen is not null
            : state.HoldsAnything && identity == state.Identity) ? state : null);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Waits for a write under way, so that the successor need not wait it out.
        await _stop.CancelAsync();
        await _work.WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();

    // Tells a caller to join again, here or at the successor.
    private static RunReply Lost => new();

    private RunReply TooManyQuestions(RunRequest request)
    {
        var (now, message) = (_time.GetUtcNow(), $"{RunQueue.MaxQuestions} questions about {request.Securable} wait for their answers; ask again later");
        return new RunReply { Phase = RunPhase.Done, Result = ResourceRunner.Failure(request.Securable, now, now, new ResultError(SyncErrorCode.Throttled, message)) };
    }

    private Run Join(RunRequest request)
    {
        var run = _queue.Join(request);
        if (run.IsShared)
        {
            _metrics.RecordCoalescedCall();
        }

        Work();
        return run;
    }

    private void Work()
    {
        if (!_working)
        {
            _working = true;
            _work = RunAllAsync();
        }
    }

    private async Task<RunReply> ReplyAsync(Run run, TimeSpan patience)
    {
        // Stopping does not end the wait: it ends the run soon. News about what the run waits for does end it, so that the
        // caller knows within seconds; a long patience only saves calls while there is no news.
        var before = run.StandingNow.Message;
        for (var left = patience; !run.End.IsCompleted && left > TimeSpan.Zero; left -= BetweenLooks)
        {
            using var enough = new CancellationTokenSource();
            await Task.WhenAny(run.End, Task.Delay(left < BetweenLooks ? left : BetweenLooks, _time, enough.Token));
            await enough.CancelAsync();
            if (run.StandingNow.Message is { } news && news != before)
            {
                break;
            }
        }

        if (!run.End.IsCompleted)
        {
            var standing = run.StandingNow;
            return new RunReply
            {
                Ticket = new RunTicket(_activation, run.Number), Phase = standing.Phase, WaitsFor = standing.Kind, Reason = standing.Reason,
            };
        }

        run.Fetched();
        LetGoIfIdle();
        return await run.End;
    }

    // One loop per activation is the one writer: nothing else changes the state or Unity Catalog for this securable.
    private async Task RunAllAsync()
    {
        await Task.Yield(); // the first caller gets its ticket before any work
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                while (_besides.TryDequeue(out var step))
                {
                    await step();
                }

                if (_queue.Take() is not { } run)
                {
                    break;
                }

                await TakeTurnAsync(run);
            }
        }
        finally
        {
            _working = false;
            DelayDeactivation(FetchGrace);
            ArmRecheck();
            LetGoIfIdle();
        }
    }

    // Whatever goes wrong, also outside the run itself, its callers get an end and the next run has its turn. Otherwise the
    // securable would be stuck for as long as this activation lives.
    private async Task TakeTurnAsync(Run run)
    {
        var reply = Lost;
        try
        {
            reply = _stopping.IsCancellationRequested ? Lost : await RunOneAsync(run);
            if (run is { Scope: RunScope.Full, IsQuestion: false, Adopt: null } && reply.Result is { } result)
            {
                _metrics.RecordEnd(result);
            }
        }
        catch (Exception e)
        {
            LogFailed(e, this.GetPrimaryKeyString());
            reply = reply.IsLost ? Failed(run, _time.GetUtcNow()) : reply;
        }
        finally
        {
            run.Complete(reply);
            _queue.Ended(run);
            _lastWriting = run.DryRun ? _lastWriting : run;
        }
    }

    private async Task<RunReply> RunOneAsync(Run run)
    {
        var start = _time.GetUtcNow();
        _metrics.RecordRunStart();
        using var trace = TaskTrace.BeginRun(_logger, run.Securable.FullName, run.Callers);
        try
        {
            return await _runner.RunAsync(run, _fence, _stopping);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return Lost;
        }
        catch (InconsistentStateException e)
        {
            // Another activation took the row over while we were cut off, so our copy of the state is old. Our callers join
            // its run instead.
            LogDeposed(e, this.GetPrimaryKeyString());
            await LeaveAsync();
            return Lost;
        }
        catch (Exception e)
        {
            LogFailed(e, this.GetPrimaryKeyString());
            await LeaveAsync(); // the state in memory can no longer be trusted
            return Failed(run, start);
        }
    }

    private RunReply Failed(Run run, DateTimeOffset start) => new()
    {
        Phase = RunPhase.Done,
        IsTimed = _fence.State.DueAt is not null,
        Result = ResourceRunner.Failure(run.Securable, start, _time.GetUtcNow(), new ResultError(
            SyncErrorCode.Internal, "an unexpected fault; find its cause in the log under this securable's name")),
    };

    private async Task LeaveAsync()
    {
        await _stop.CancelAsync();
        DeactivateOnIdle();
    }

    // A walk uses each securable once: keeping the activations would make memory grow with the catalog.
    private void LetGoIfIdle()
    {
        if (!_working && _recheck is null && _queue.IsIdle)
        {
            DeactivateOnIdle();
        }
    }

    [LoggerMessage(10, LogLevel.Error, "Run on {Resource} failed")]
    private partial void LogFailed(Exception exception, string resource);

    [LoggerMessage(11, LogLevel.Warning, "Deposed as the writer of {Resource}")]
    private partial void LogDeposed(Exception exception, string resource);
}
