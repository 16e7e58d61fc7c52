using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Calls resource grains and waits for runs that take longer than a grain call may: by tickets, and by joining again
/// when an activation was lost.
/// </summary>
internal static class ResourceCalls
{
    // Well under Orleans' response time-out, so that a lost silo is noticed in seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BeforeRejoining = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromSeconds(1);

    /// <summary>Joins without waiting; the reply carries a ticket. Null when the grain could not be reached.</summary>
    public static async Task<RunReply?> JoinAsync(IGrainFactory grains, string instance, RunRequest request)
    {
        try
        {
            return await Grain(grains, instance, request.Securable).RunAsync(request, TimeSpan.Zero);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return null;
        }
    }

    /// <summary>Joins (or goes on from <paramref name="joined"/>) and waits for the end, reporting phases.</summary>
    public static async Task<RunReply> RunToEndAsync(
        IGrainFactory grains, string instance, RunRequest request, Action<RunPhase> report, TimeProvider time, RunReply? joined = null)
    {
        var grain = Grain(grains, instance, request.Securable);
        var reply = joined ?? new RunReply();
        while (reply.Result is null)
        {
            try
            {
                if (reply.Ticket is { } ticket)
                {
                    report(reply.Phase);
                    reply = await grain.WaitAsync(ticket, Patience);
                }
                else
                {
                    reply = await grain.RunAsync(request, Patience);
                }

                if (reply.IsLost)
                {
                    await Task.Delay(BeforeRejoining, time);
                }
            }
            catch (Exception e) when (e is TimeoutException or OrleansException)
            {
                // The silo died or does not answer. Runs are idempotent and the grain has one writer: joining again,
                // here or on the silo that takes over, is always right.
                reply = new RunReply();
                await Task.Delay(BeforeRepeating, time);
            }
        }

        return reply;
    }

    private static IResourceGrain Grain(IGrainFactory grains, string instance, Securable securable) =>
        grains.GetGrain<IResourceGrain>(ResourceKey.Of(instance, securable));
}
