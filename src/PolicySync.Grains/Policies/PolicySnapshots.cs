using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Grains.Policies;

/// <summary>Policies for one run.</summary>
/// <param name="Snapshot">The compiled policies.</param>
/// <param name="IsStale">The source did not answer and <c>Policies:AllowStale</c> let the last ones serve.</param>
public sealed record FreshPolicies(PolicySnapshot Snapshot, bool IsStale);

/// <summary>
/// The policies of one process, compiled once per version and checked against the source before every run. Safe for
/// concurrent use.
/// </summary>
public sealed partial class PolicySnapshots(
    IPolicySource source,
    IPolicyCache cache,
    IGrainFactory grains,
    GrainSettings settings,
    IOptions<PoliciesOptions> options,
    IOptions<PrincipalsOptions> principals,
    IOptions<TagsOptions> tags,
    ILogger<PolicySnapshots> logger)
{
    private readonly Lock _gate = new();
    private Task<FreshPolicies>? _running;
    private Task<FreshPolicies>? _next;
    private PolicySnapshot? _snapshot;

    private IPolicyBaselineGrain Baseline => grains.GetGrain<IPolicyBaselineGrain>(settings.Instance);

    /// <summary>
    /// What the source has now, by a check that starts after this call. All who call while one check is under way
    /// share the one after it.
    /// </summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PoliciesUnavailable"/> or <see cref="SyncErrorCode.PoliciesShrank"/>.
    /// </exception>
    public Task<FreshPolicies> GetFreshAsync()
    {
        lock (_gate)
        {
            // Off the caller's scheduler: the check serves others too, and must not end with the grain that began it.
            var before = _running;
            return _next ??= Task.Run(() => CheckAfterAsync(before));
        }
    }

    private async Task<FreshPolicies> CheckAfterAsync(Task<FreshPolicies>? before)
    {
        if (before is not null)
        {
            await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_gate)
        {
            // From here on the check may have read what a later caller must not be served.
            (_running, _next) = (_next, null);
        }

        try
        {
            return await CheckAsync();
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.PoliciesUnavailable && options.Value.AllowStale)
        {
            if ((_snapshot ??= await RecallAsync()) is not { } stale)
            {
                throw;
            }

            LogStale(stale.Version, e.Message);
            return new FreshPolicies(stale, IsStale: true);
        }
    }

    private async Task<FreshPolicies> CheckAsync()
    {
        var download = await source.ReadAsync(_snapshot?.Baseline.Stamp, CancellationToken.None);
        return new FreshPolicies(download is null ? _snapshot! : await AcceptAsync(download), IsStale: false);
    }

    private async Task<PolicySnapshot> AcceptAsync(PolicyDownload download)
    {
        // Asked for each time something changed: another silo may have accepted a version that this one never saw.
        var last = await LastAsync();
        var accepted = PolicyGate.Accept(Judged(download), last, options.Value.AllowShrink);
        var snapshot = Compile(download, accepted);
        if (accepted != last)
        {
            await StorageAsync(async () =>
            {
                await Baseline.SetAsync(PolicyBaselineWire.Of(accepted));
                return true;
            });
        }

        // Only what was accepted: a set that the gate refused must not take the place of a good one.
        await cache.KeepAsync(accepted.Stamp, download.Documents, CancellationToken.None);
        LogAccepted(accepted.Version, accepted.EnabledPolicies);
        return _snapshot = snapshot;
    }

    // After a restart: what was kept on disk, if it is the very set that the cluster accepted last. An older one could
    // give back what policies have taken away since.
    private async Task<PolicySnapshot?> RecallAsync() =>
        await LastAsync() is { } last && await cache.FindAsync(last.Stamp, CancellationToken.None) is { } kept
            ? Compile(kept, PolicyGate.Accept(Judged(kept), last, options.Value.AllowShrink))
            : null;

    private PolicySnapshot Compile(PolicyDownload download, PolicyBaseline baseline) =>
        PolicySnapshot.Compile(Judged(download), baseline, principals.Value.Map);

    // Where the workspace says what is tagged, nobody reads the download's tags, and nothing is lost with them.
    private PolicyDownload Judged(PolicyDownload download) =>
        tags.Value.Source == TagSourceKind.UnityCatalog ? download with { Tags = null } : download;

    private Task<PolicyBaseline?> LastAsync() => StorageAsync(async () => (await Baseline.GetAsync())?.ToBaseline());

    private static async Task<T> StorageAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (GrainCalls.IsUnreachable(e, CancellationToken.None))
        {
            throw new SyncException(SyncErrorCode.Unavailable, "our own storage did not tell which policies were accepted last", e);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "policies version {Version} accepted: {Enabled} enabled policies")]
    private partial void LogAccepted(long version, int enabled);

    [LoggerMessage(2, LogLevel.Warning, "policies version {Version} served although stale: {Reason}")]
    private partial void LogStale(long version, string reason);
}
