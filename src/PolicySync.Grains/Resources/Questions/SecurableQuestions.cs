using PolicySync.Core.Errors;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources.Questions;

/// <summary>
/// Asks the grain of a securable and waits for the answer. The workspace is read at that time, within the rate budget. Safe for concurrent
/// use; works in silos and in clients.
/// </summary>
public sealed class SecurableQuestions(IGrainFactory grains, TimeProvider time)
{
    /// <summary>Longest wait for an answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait of one call; a call between processes may take 8 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BeforeJoiningAgain = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks.</summary>
    /// <param name="instance">Name of the connector instance.</param>
    /// <param name="securable">The securable.</param>
    /// <param name="subject">The subject of the caller's token, as <see cref="TaskShare.SubjectOf"/> gives it: its share bears the calls.</param>
    /// <param name="question">Adds the question to the request.</param>
    /// <param name="cancellation">Stops waiting; the run ends.</param>
    /// <returns>The reply, with an answer or with the error of its result.</returns>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: no answer within <see cref="Limit"/>.</exception>
    public async Task<RunReply> AskAsync(
        string instance, Securable securable, string? subject, Func<RunRequest, RunRequest> question, CancellationToken cancellation)
    {
        var grain = grains.GetGrain<IResourceGrain>(ResourceKey.Of(instance, securable));
        var request = question(new RunRequest
        {
            Securable = securable, DryRun = true, TaskId = 0, Share = TaskShare.Of(new SyncRequest { Type = "", Resources = [], Subject = subject }),
        });
        var began = time.GetTimestamp();
        var reply = new RunReply();
        try
        {
            while (reply.Result is null)
            {
                reply = reply.Ticket is { } ticket ? await grain.WaitAsync(ticket, Patience).WaitAsync(cancellation)
                    : await grain.RunAsync(request, Patience).WaitAsync(cancellation);
                if (reply.Result is null && time.GetElapsedTime(began) >= Limit)
                {
                    throw new SyncException(SyncErrorCode.Unavailable,
                        $"no answer about {securable} within {Limit.TotalSeconds:0} seconds{(reply.Reason is { } reason ? $": {reason}" : "")}");
                }

                if (reply.IsLost)
                {
                    await Task.Delay(BeforeJoiningAgain, time, cancellation);
                }
            }

            return reply;
        }
        catch (Exception e) when (GrainCalls.IsUnreachable(e, cancellation))
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"no silo answers for {securable}; send the request again", e);
        }
        finally
        {
            if (reply is { Result: null, Ticket: { } open })
            {
                grain.LeaveAsync(open).Ignore(); // the run would read for no caller
            }
        }
    }
}
