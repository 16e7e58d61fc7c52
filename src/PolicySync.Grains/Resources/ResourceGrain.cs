using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources;

/// <summary>Guards the turn of one securable: queues runs, coalesces their callers, and keeps the securable's state.</summary>
internal sealed partial class ResourceGrain(
    [PersistentState("resource", GrainNames.Storage)] IPersistentState<ResourceState> state,
    ResourceRunner runner,
    TimeProvider time,
    ILogger<ResourceGrain> logger) : Grain, IResourceGrain
{
    /// <summary>How long an ended run waits for callers to fetch its result before the activation is let go.</summary>
    private static readonly TimeSpan FetchGrace = TimeSpan.FromSeconds(30);

    // Who we are to other activations of this grain, dead or alive: the owner of the intents that we write.
    private readonly Guid _activation = Guid.NewGuid();
    private readonly RunQueue _queue = new();
    private Task? _loop;
    private IGrainTimer? _recheck;
    private Run? _lastRun;
    private bool _leaving;

    public Task<RunReply> RunAsync(RunRequest request, TimeSpan patience)
    {
        if (_leaving)
        {
            // A run begun now could outlive this activation and meet its successor's: the caller joins there instead.
            return Task.FromResult(new RunReply());
        }

        var run = _queue.Join(request);
        if (_loop is null or { IsCompleted: true })
        {
            _loop = RunAllAsync();
        }

        return ReplyAsync(run, patience);
    }

    public Task<RunReply> WaitAsync(RunTicket ticket, TimeSpan patience) =>
        ticket.Activation == _activation && _queue.Find(ticket.Run) is { } run
            ? ReplyAsync(run, patience)
            : Task.FromResult(new RunReply());

    private async Task<RunReply> ReplyAsync(Run run, TimeSpan patience)
    {
        await Task.WhenAny(run.End, Task.Delay(patience, time));
        if (!run.End.IsCompleted)
        {
            return new RunReply { Ticket = new RunTicket(_activation, run.Number), Phase = run.Phase };
        }

        run.Fetched();
        LetGoIfIdle();
        return await run.End;
    }

    // One loop per activation is the one writer: nothing else touches the state or Unity Catalog for this securable.
    private async Task RunAllAsync()
    {
        await Task.Yield(); // the first caller gets its ticket before any work
        while (_queue.Take() is { } run)
        {
            DelayDeactivation(TimeSpan.FromHours(1));
            run.Phase = RunPhase.Running;
            run.Complete(_leaving ? new RunReply() : await RunOneAsync(run));
            _queue.Ended(run);
            _lastRun = run;
        }

        ArmRecheck();
        LetGoIfIdle();
    }

    private async Task<RunReply> RunOneAsync(Run run)
    {
        var start = time.GetUtcNow();
        try
        {
            return await runner.RunAsync(run, new WriteFence(state, _activation, time, runner.WriteTimeout));
        }
        catch (Orleans.Storage.InconsistentStateException e)
        {
            // Another activation took the row over while we were cut off: what we know of the state is wrong. Our
            // callers join its run instead.
            LogDeposed(e, this.GetPrimaryKeyString());
            Leave();
            return new RunReply();
        }
        catch (Exception e)
        {
            LogFailed(e, this.GetPrimaryKeyString());
            Leave();
            return new RunReply
            {
                Phase = RunPhase.Done,
                Result = ResourceRunner.Failure(run.Securable, start, time.GetUtcNow(), new ResultError(
                    SyncErrorCode.Internal, "an unexpected fault; the log has its cause under this securable's name")),
            };
        }
    }

    private void Leave()
    {
        _leaving = true;
        DeactivateOnIdle();
    }

    // Walks touch each securable once: keeping their activations would make memory grow with the catalog.
    private void LetGoIfIdle()
    {
        if (_queue.IsIdle && _recheck is null && _loop is null or { IsCompleted: true })
        {
            Leave();
        }
        else
        {
            DelayDeactivation(FetchGrace);
        }
    }

    // A write whose answer never came is read again a minute later, in case it took effect after all.
    private void ArmRecheck()
    {
        if (state.State.RecheckAt is not { } due || _recheck is not null || _lastRun is not { } last)
        {
            return;
        }

        var wait = due - time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            state.State.RecheckAt = null; // the run that just ended read after it was due
            return;
        }

        DelayDeactivation(wait + TimeSpan.FromMinutes(5));
        _recheck = this.RegisterGrainTimer(
            async _ =>
            {
                _recheck?.Dispose();
                _recheck = null;
                await RunAsync(
                    new RunRequest { Securable = last.Securable, Scope = last.Scope, TaskId = last.TaskId, ParentsDone = true },
                    TimeSpan.Zero);
            },
            new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { KeepAlive = true, Interleave = true });
    }

    [LoggerMessage(11, LogLevel.Warning, "deposed as the writer of {Resource}")]
    private partial void LogDeposed(Exception exception, string resource);

    [LoggerMessage(10, LogLevel.Error, "run on {Resource} failed")]
    private partial void LogFailed(Exception exception, string resource);
}
