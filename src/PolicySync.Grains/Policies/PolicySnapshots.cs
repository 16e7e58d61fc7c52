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
    TimeProvider time,
    ILogger<PolicySnapshots> logger)
{
    private readonly Lock _gate = new();
    private Task<FreshPolicies>? _running;
    private Task<FreshPolicies>? _next;
    private PolicySnapshot? _snapshot;

    // Used by one check at a time.
    private readonly List<Task> _left = [];
    private long _lastLeft;

    /// <summary>Reads that may hang at once before they are made seldom.</summary>
    private const int MaxLeft = 4;

    /// <summary>So many policies with something that has no effect are named in the log.</summary>
    private const int MaxWarnings = 100;

    private static readonly TimeSpan LeftPause = TimeSpan.FromMinutes(5);

    private IPolicyBaselineGrain Baseline => grains.GetGrain<IPolicyBaselineGrain>(settings.Instance);

    /// <summary>How the last checks went.</summary>
    public PolicyStanding Standing { get; } = new(time);

    /// <summary>
    /// What the source has now, by a check that starts after this call. All who call while one check is under way
    /// share the one after it. It ends within twice <see cref="PoliciesOptions.CheckLimit"/>, whatever the source does.
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
            await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // which its own limit ends
        }

        lock (_gate)
        {
            // From here on the check may have read what a later caller must not be served.
            (_running, _next) = (_next, null);
        }

        using var limit = new CancellationTokenSource(options.Value.CheckLimit(), time);
        Standing.Begin();
        try
        {
            var fresh = await CheckAsync(limit.Token);
            if (Standing.Succeed() is { } failure)
            {
                LogBack(fresh.Snapshot.Version, failure);
            }

            return fresh;
        }
        catch (SyncException e)
        {
            if (Standing.Fail(e))
            {
                LogFailed(SyncErrorCodes.WireName(e.Code), e.Message);
            }

            if (e.Code != SyncErrorCode.PoliciesUnavailable || !options.Value.AllowStale || (_snapshot ??= await RecallAsync()) is not { } stale)
            {
                throw;
            }

            LogStale(stale.Version, e.Message);
            return new FreshPolicies(stale, IsStale: true);
        }
        catch (Exception e)
        {
            Standing.Fail(new SyncException(SyncErrorCode.PoliciesUnavailable, $"the check ended with {e.GetType().Name}"));
            throw;
        }
    }

    // A read may hang in the file system, where no cancellation reaches it. It is left behind, and what it still brings is
    // not used; only so many are left behind that a source that hangs for days does not use up the process.
    private async Task<FreshPolicies> CheckAsync(CancellationToken limit)
    {
        _left.RemoveAll(left => left.IsCompleted);
        if (_left.Count >= MaxLeft && time.GetElapsedTime(_lastLeft) < LeftPause)
        {
            throw Unavailable($"{_left.Count} reads of the source hang; it is read again every {LeftPause.TotalMinutes} minutes");
        }

        var read = Task.Run(() => ReadAsync(limit), CancellationToken.None);
        try
        {
            return await read.WaitAsync(limit);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            _left.Add(read.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default));
            _lastLeft = time.GetTimestamp();
            throw Unavailable(
                $"reading the policies did not end within {options.Value.CheckLimit()}; look whether the source or its file system hangs");
        }
    }

    private async Task<FreshPolicies> ReadAsync(CancellationToken limit)
    {
        var download = await source.ReadAsync(_snapshot?.Baseline.Stamp, limit);
        limit.ThrowIfCancellationRequested(); // what comes after that must not take the place of what came meanwhile
        return new FreshPolicies(download is null ? _snapshot! : await AcceptAsync(download, limit), IsStale: false);
    }

    // Once for each version: whoever wrote a policy thinks that it does something.
    private void Warn(PolicySnapshot snapshot)
    {
        var warnings = snapshot.Warnings.All;
        Standing.Ignored = warnings.Count;
        foreach (var warning in warnings.Take(MaxWarnings))
        {
            LogIgnored(snapshot.Version, warning.Text);
        }

        if (warnings.Count > MaxWarnings)
        {
            LogMoreIgnored(snapshot.Version, warnings.Count - MaxWarnings);
        }
    }

    private static SyncException Unavailable(string reason) => new(SyncErrorCode.PoliciesUnavailable, reason);

    private async Task<PolicySnapshot> AcceptAsync(PolicyDownload download, CancellationToken limit)
    {
        // Asked for each time something changed: another silo may have accepted a version that this one never saw.
        var last = await LastAsync();
        var accepted = PolicyGate.Accept(Judged(download), last, options.Value.AllowShrink);
        var snapshot = Compile(download, accepted);
        limit.ThrowIfCancellationRequested();
        if (accepted != last)
        {
            await StorageAsync(async () =>
            {
                await Baseline.SetAsync(PolicyBaselineWire.Of(accepted));
                return true;
            });
        }

        // Only what was accepted: a set that the gate refused must not take the place of a good one.
        _snapshot = snapshot;
        LogAccepted(accepted.Version, accepted.EnabledPolicies);
        Warn(snapshot);
        if (cache.Keeps)
        {
            await cache.KeepAsync(accepted.Stamp, download.Documents, limit);
        }

        return snapshot;
    }

    // After a restart: what was kept on disk, if it is the very set that the cluster accepted last. An older one could
    // give back what policies have taken away since.
    private async Task<PolicySnapshot?> RecallAsync()
    {
        using var limit = new CancellationTokenSource(options.Value.CheckLimit(), time);
        try
        {
            return await LastAsync() is { } last && await cache.FindAsync(last.Stamp, limit.Token).WaitAsync(limit.Token) is { } kept
                ? Compile(kept, PolicyGate.Accept(Judged(kept), last, options.Value.AllowShrink))
                : null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }
    }

    private PolicySnapshot Compile(PolicyDownload download, PolicyBaseline baseline) => PolicySnapshot.Compile(
        Judged(download), baseline, principals.Value.Map, TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone));

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

    [LoggerMessage(5, LogLevel.Warning, "policies version {Version}: something has no effect: {Warning}")]
    private partial void LogIgnored(long version, string warning);

    [LoggerMessage(6, LogLevel.Warning, "policies version {Version}: something has no effect in {Count} more policies")]
    private partial void LogMoreIgnored(long version, int count);

    [LoggerMessage(3, LogLevel.Warning, "no policies to go by, so tasks wait: {Code}: {Reason}")]
    private partial void LogFailed(string code, string reason);

    [LoggerMessage(4, LogLevel.Information, "policies version {Version} is there again, after: {Reason}")]
    private partial void LogBack(long version, string reason);

    [LoggerMessage(2, LogLevel.Warning, "policies version {Version} served although stale: {Reason}")]
    private partial void LogStale(long version, string reason);
}
