using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Grains.Webhooks;

namespace PolicySync.Grains.Policies;

/// <summary>Reads and writes the last version of the policies that the cluster accepted, and notes those that it refused. Safe for concurrent use.</summary>
public sealed class AcceptedPolicies(IGrainFactory grains, GrainSettings settings, PolicyRefusals refusals)
{
    private IPolicyBaselineGrain Grain => grains.GetGrain<IPolicyBaselineGrain>(settings.Instance);

    /// <summary>Returns the last accepted version; null before the first.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the grain or its storage does not answer.</exception>
    public Task<PolicyBaseline?> GetAsync() => CallAsync(async grain => (await grain.GetAsync())?.ToBaseline());

    /// <summary>Stores a newly accepted version.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the grain or its storage does not answer.</exception>
    public Task SetAsync(PolicyBaseline accepted) => CallAsync(async grain =>
    {
        await grain.SetAsync(PolicyBaselineWire.Of(accepted));
        return accepted;
    });

    /// <summary>Notes that a version was refused, for the webhooks.</summary>
    public Task NoteRefusedAsync(PolicyDownload download, PolicyBaseline? last, SyncException refusal, CancellationToken cancellation) =>
        refusals.NoteAsync(download, last, refusal, cancellation);

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
