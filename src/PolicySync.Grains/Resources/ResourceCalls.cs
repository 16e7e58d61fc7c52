using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;
using PolicySync.Core.States;
using PolicySync.Core.Tasks;
using PolicySync.Core.Timing;
using PolicySync.Grains.Fairness;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.Resources;

/// <summary>Syncs one securable, on whatever silo its grain is.</summary>
internal interface IResourceRuns
{
    /// <summary>
    /// Joins a run and waits for its end. A grain that cannot be reached, or keeps losing its runs, for <c>Sync:RetryFor</c> is a
    /// failure of its securable, not of the caller.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="report">Receives what the run is doing, first as soon as it is joined.</param>
    /// <param name="cancellation">Stops waiting; the run continues.</param>
    /// <param name="leave">
    /// The caller does not want the run any more. It ends where it can, unless others want it, and the result has the error
    /// <see cref="SyncErrorCode.Cancelled"/> unless the run was done.
    /// </param>
    Task<RunReply> RunToEndAsync(RunRequest request, Action<Standing> report, CancellationToken cancellation, CancellationToken leave = default);

    /// <summary>
    /// Activates the grains of securables that are about to be synced, on this silo, and has their states read together. Never fails: a
    /// grain that is not active then is activated by its run.
    /// </summary>
    /// <param name="securables">Securables of one kind, next to each other in the order of names.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task ActivateAsync(IReadOnlyCollection<Securable> securables, CancellationToken cancellation);
}

/// <summary>
/// Calls resource grains and waits for runs that take longer than a grain call may: by tickets, and by joining again when an
/// activation was lost. Safe for concurrent use.
/// </summary>
internal sealed class ResourceCalls(
    IGrainFactory grains, GrainSettings settings, IOptions<SyncOptions> sync, IStateBatches batches, ILocalSiloDetails silo, TimeProvider time)
    : IResourceRuns
{
    // Short at first, as most runs are; then twice as long each time, as thousands may wait. Well under Orleans' response
    // time-out, so that a lost silo is noticed in seconds and callers know what a run is doing.
    private static readonly Backoff Patience = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(6));
    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Joins under way at once. A join may activate a grain, which reads its state: more of them than storage can serve in time
    /// would only fail together.
    /// </summary>
    private const int MaxJoins = 256;

    /// <summary>The id of no object: a look at its state changes nothing and answers nothing.</summary>
    private const string NoObject = "";

    /// <summary>Longest wait for activations. They continue.</summary>
    private static readonly TimeSpan ActivationPatience = TimeSpan.FromSeconds(2);

    private readonly FairGate _joins = new(MaxJoins);

    /// <inheritdoc/>
    public async Task<RunReply> RunToEndAsync(
        RunRequest request, Action<Standing> report, CancellationToken cancellation, CancellationToken leave = default)
    {
        var start = time.GetUtcNow();
        var grain = grains.GetGrain<IResourceGrain>(ResourceKey.Of(settings.Instance, request.Securable));
        var reply = new RunReply();
        var waits = 0;
        var losses = new Losses(time);
        var leaving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = leave.Register(leaving.SetResult);
        var hasLeft = false;
        long? unreachable = null;
        while (true)
        {
            try
            {
                if (reply.Ticket is not { } ticket)
                {
                    reply = await JoinAsync(grain, request, cancellation, leave);
                }
                else
                {
                    var waiting = grain.WaitAsync(ticket, Patience.After(waits++)).WaitAsync(cancellation);
                    if (!hasLeft && await Task.WhenAny(waiting, leaving.Task) != waiting)
                    {
                        hasLeft = true;
                        if (!await LeaveAsync(grain, ticket, cancellation))
                        {
                            waiting.Ignore();
                            return ResourceRunner.Abandoned(request.Securable, time.GetUtcNow());
                        }
                    }

                    reply = await waiting;
                }

                unreachable = null;
            }
            catch (OperationCanceledException) when (reply.Ticket is null && leave.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                return ResourceRunner.Abandoned(request.Securable, time.GetUtcNow()); // not joined
            }
            catch (Exception e) when (GrainCalls.IsUnreachable(e, cancellation))
            {
                // Runs are idempotent and the grain has one writer, so joining again is always right.
                unreachable ??= time.GetTimestamp();
                if (time.GetElapsedTime(unreachable.Value) > sync.Value.RetryFor)
                {
                    return Unreachable(request, start, e.GetType().Name);
                }

                reply = new RunReply();
                report(new Standing(RunPhase.Waiting, WaitKind.Silo, $"the grain of {request.Securable} does not answer ({e.GetType().Name})"));
                await Task.Delay(BeforeRepeating, time, cancellation);
                continue;
            }

            if (reply.Result is not null)
            {
                return reply;
            }

            report(new Standing(reply.Phase, reply.WaitsFor, reply.Reason));
            if (reply.IsLost && leave.IsCancellationRequested)
            {
                return ResourceRunner.Abandoned(request.Securable, time.GetUtcNow());
            }

            if (reply.IsLost)
            {
                var wait = losses.Next();
                if (losses.LastedFor > sync.Value.RetryFor)
                {
                    return Unreachable(request, start, "its run was lost repeatedly");
                }

                await Task.Delay(wait, time, cancellation);
            }
        }
    }

    /// <inheritdoc/>
    public async Task ActivateAsync(IReadOnlyCollection<Securable> securables, CancellationToken cancellation)
    {
        var keys = securables.Select(securable => ResourceKey.Of(settings.Instance, securable)).ToHashSet(StringComparer.Ordinal);
        using var batch = batches.Announce(keys);
        LocalPlacement.Request(silo);
        await Task.WhenAll(keys.Select(key => ActivateAsync(key, batch, cancellation)));
    }

    private async Task ActivateAsync(string key, IStateBatch batch, CancellationToken cancellation)
    {
        try
        {
            await grains.GetGrain<IResourceGrain>(key).PeekAsync(NoObject).WaitAsync(ActivationPatience, time, cancellation);
        }
        catch (Exception)
        {
            // Its run meets the same fault, and tells it.
        }
        finally
        {
            batch.Settle(key);
        }
    }

    // A silo of an earlier build, or one that does not answer: the run is finished, and its caller waits.
    private static async Task<bool> LeaveAsync(IResourceGrain grain, RunTicket ticket, CancellationToken cancellation)
    {
        try
        {
            return await grain.LeaveAsync(ticket).WaitAsync(cancellation);
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            return true;
        }
    }

    private async Task<RunReply> JoinAsync(IResourceGrain grain, RunRequest request, CancellationToken cancellation, CancellationToken leave)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, leave);
        using var place = await _joins.EnterAsync(request.Share ?? TaskShare.Common, either.Token);
        return await grain.RunAsync(request, TimeSpan.Zero).WaitAsync(cancellation);
    }

    private RunReply Unreachable(RunRequest request, DateTimeOffset start, string cause) => new()
    {
        Phase = RunPhase.Done,
        IsTimed = true, // unknown, so a schedule may concern it
        Result = ResourceRunner.Failure(request.Securable, start, time.GetUtcNow(), new ResultError(
            SyncErrorCode.Unavailable, $"the grain of {request.Securable} was unreachable: {cause}")),
    };
}
