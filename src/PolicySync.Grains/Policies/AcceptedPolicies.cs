using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Grains.Auditing;
using PolicySync.Grains.Webhooks;

namespace PolicySync.Grains.Policies;

/// <summary>Reads and writes the last version of the policies that the cluster accepted, and notes those that it refused. Safe for concurrent use.</summary>
public sealed class AcceptedPolicies(IGrainFactory grains, GrainSettings settings, PolicyRefusals refusals, AuditNotices audit)
{
    private IPolicyBaselineGrain Grain => grains.GetGrain<IPolicyBaselineGrain>(settings.Instance);

    /// <summary>Returns the last accepted version; null before the first.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the grain or its storage does not answer.</exception>
    public Task<PolicyBaseline?> GetAsync() => CallAsync(async grain => (await grain.GetAsync())?.ToBaseline());

    /// <summary>Stores a newly accepted version. The audit stream gets it first, so that a crash in between repeats the event.</summary>
    /// <param name="accepted">The version.</param>
    /// <param name="before">The version that it replaces.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the grain or its storage does not answer.</exception>
    public async Task SetAsync(PolicyBaseline accepted, PolicyBaseline? before)
    {
        await audit.TellAsync(accepted, before);
        await CallAsync(async grain =>
        {
            await grain.SetAsync(PolicyBaselineWire.Of(accepted));
            return accepted;
        });
    }

    /// <summary>Notes that a version was refused, for the webhooks and the audit stream.</summary>
    public async Task NoteRefusedAsync(PolicyDownload download, PolicyBaseline? last, SyncException refusal, CancellationToken cancellation)
    {
        await refusals.NoteAsync(download, last, refusal, cancellation);
        await audit.TellAsync(download, last, refusal);
    }

    private async Task<T> CallAsync<T>(Func<IPolicyBaselineGrain, Task<T>> call)
    {
        try
        {
            return await call(Grain);
        }
        catch (Exception e) when (GrainCalls.IsUnreachable(e, CancellationToken.None))
        {
            throw new SyncException(SyncErrorCode.Unavailable, "the service's storage did not return which policies were accepted last", e);
        }
    }
}
