using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
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
    Task<RunReply> RunToEndAsync(RunRequest request, Action<Standing> report, CancellationToken cancellation);
}

/// <summary>
/// Calls resource grains and waits for runs that take longer than a grain call may: by tickets, and by joining again when an
/// activation was lost. Safe for concurrent use.
/// </summary>
internal sealed class ResourceCalls(IGrainFactory grains, GrainSettings settings, IOptions<SyncOptions> sync, TimeProvider time)
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

    private readonly FairGate _joins = new(MaxJoins);

    /// <inheritdoc/>
    public async Task<RunReply> RunToEndAsync(RunRequest request, Action<Standing> report, CancellationToken cancellation)
    {
        var start = time.GetUtcNow();
        var grain = grains.GetGrain<IResourceGrain>(ResourceKey.Of(settings.Instance, request.Securable));
        var reply = new RunReply();
        var waits = 0;
        var losses = new Losses(time);
        long? unreachable = null;
        while (true)
        {
            try
            {
                reply = reply.Ticket is { } ticket
                    ? await grain.WaitAsync(ticket, Patience.After(waits++)).WaitAsync(cancellation)
                    : await JoinAsync(grain, request, cancellation);
                unreachable = null;
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

    private async Task<RunReply> JoinAsync(IResourceGrain grain, RunRequest request, CancellationToken cancellation)
    {
        using var place = await _joins.EnterAsync(request.Share ?? TaskShare.Common, cancellation);
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
