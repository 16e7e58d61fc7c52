using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Policies.Watching;

namespace PolicySync.Grains.Policies;

/// <summary>Policies for one run.</summary>
/// <param name="Snapshot">The compiled policies.</param>
/// <param name="IsStale">The source did not answer, and <c>Policies:AllowStale</c> lets the last policies serve.</param>
public sealed record FreshPolicies(PolicySnapshot Snapshot, bool IsStale);

/// <summary>
/// The policies of one process, compiled once per version and checked against the source before every run. Safe for
/// concurrent use.
/// </summary>
public sealed partial class PolicySnapshots(
    IPolicySource source,
    IPolicyCache cache,
    AcceptedPolicies acceptedPolicies,
    PolicyCompiler compiler,
    IOptions<PoliciesOptions> options,
    TimeProvider time,
    ILogger<PolicySnapshots> logger)
{
    private readonly Lock _gate = new();
    private Task<FreshPolicies>? _running;
    private Task<FreshPolicies>? _next;
    private PolicySnapshot? _snapshot;
    private AcceptedSet? _accepted;

    // Reads that did not end in time. Used by one check at a time.
    private readonly List<Task> _hanging = [];
    private long _lastHang;

    /// <summary>With this many hanging reads, the source is read only every <see cref="HangPause"/>.</summary>
    private const int MaxHanging = 4;

    /// <summary>Most policies without effect that the log names for one version.</summary>
    private const int MaxWarnings = 100;

    private static readonly TimeSpan HangPause = TimeSpan.FromMinutes(5);

    /// <summary>The policies that this process accepted last, as their authors wrote them; null before the first.</summary>
    public AcceptedSet? Accepted
    {
        get
        {
            lock (_gate)
            {
                return _accepted;
            }
        }
    }

    /// <summary>The results of the last checks.</summary>
    public PolicyStanding Standing { get; } = new(time);

    /// <summary>
    /// Returns what the source has now, by a check that starts after this call. Calls that arrive during a check share the next
    /// one. It ends within twice <see cref="PoliciesOptions.CheckLimit"/>, whatever the source does.
    /// </summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PoliciesUnavailable"/> or <see cref="SyncErrorCode.PoliciesShrank"/>.
    /// </exception>
    public Task<FreshPolicies> GetFreshAsync()
    {
        lock (_gate)
        {
            // Off the caller's scheduler: the check serves other callers too, and must not end with the grain that started it.
            var before = _running;
            return _next ??= Task.Run(() => CheckAfterAsync(before));
        }
    }

    private async Task<FreshPolicies> CheckAfterAsync(Task<FreshPolicies>? before)
    {
        if (before is not null)
        {
            await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // its own limit ends it
        }

        lock (_gate)
        {
            // From here on the check may have read an older state than a later caller must be given.
            (_running, _next) = (_next, null);
        }

        using var limit = new CancellationTokenSource(options.Value.CheckLimit(), time);
        Standing.Begin();
        try
        {
            var fresh = await CheckAsync(limit.Token);
            lock (_gate)
            {
                _accepted = _accepted! with { CheckTime = time.GetUtcNow() };
            }

            if (Standing.Succeed() is { } failure)
            {
                LogRecovered(fresh.Snapshot.Version, failure);
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

    // A read may hang in the file system, where cancellation does not reach it. It is abandoned and its result is not used. The
    // number of abandoned reads is bounded, so that a source that hangs for days does not exhaust the process.
    private async Task<FreshPolicies> CheckAsync(CancellationToken limit)
    {
        _hanging.RemoveAll(read => read.IsCompleted);
        if (_hanging.Count >= MaxHanging && time.GetElapsedTime(_lastHang) < HangPause)
        {
            throw Unavailable($"{_hanging.Count} reads of the source hang; it is read only every {HangPause.TotalMinutes} minutes");
        }

        var read = Task.Run(() => ReadAsync(limit), CancellationToken.None);
        try
        {
            return await read.WaitAsync(limit);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            _hanging.Add(read.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default));
            _lastHang = time.GetTimestamp();
            throw Unavailable(
                $"reading the policies did not end within {options.Value.CheckLimit()}; check whether the source or its file system hangs");
        }
    }

    private async Task<FreshPolicies> ReadAsync(CancellationToken limit)
    {
        var download = await source.ReadAsync(_snapshot?.Baseline.Stamp, limit);
        limit.ThrowIfCancellationRequested(); // a late result must not replace a newer one
        return new FreshPolicies(download is null ? _snapshot! : await AcceptAsync(download, limit), IsStale: false);
    }

    // Logs once per version what has no effect, as the author of a policy expects it to have one.
    private void WarnOfIgnored(PolicySnapshot snapshot)
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
        // Read on every change: another silo may have accepted a version that this one never saw.
        var last = await acceptedPolicies.GetAsync();
        var accepted = await AcceptOrNoteAsync(download, last, limit);
        var set = PolicySet.Of(download.Policies); // compiling rewrites the download
        var watched = WatchedOf(download, set);
        var snapshot = compiler.Compile(download, accepted);
        limit.ThrowIfCancellationRequested();
        if (accepted != last)
        {
            await acceptedPolicies.SetAsync(accepted, last);
        }

        // A set that the gate refused must not replace a good one.
        _snapshot = snapshot;
        Keep(set, accepted, watched);
        LogAccepted(accepted.Version, accepted.EnabledPolicies);
        WarnOfIgnored(snapshot);
        if (cache.Keeps)
        {
            await cache.KeepAsync(accepted.Stamp, download.Documents, limit);
        }

        return snapshot;
    }

    private WatchedPolicies? WatchedOf(PolicyDownload download, PolicySet set) =>
        options.Value.Watch.Mode == PolicyWatchMode.Off ? null : compiler.Watch(download, set);

    private void Keep(PolicySet set, PolicyBaseline accepted, WatchedPolicies? watched)
    {
        lock (_gate)
        {
            _accepted = new AcceptedSet(set, accepted, time.GetUtcNow(), CheckTime: null) { Watched = watched };
        }
    }

    private async Task<PolicyBaseline> AcceptOrNoteAsync(PolicyDownload download, PolicyBaseline? last, CancellationToken limit)
    {
        try
        {
            return compiler.Accept(download, last);
        }
        catch (SyncException e)
        {
            await acceptedPolicies.NoteRefusedAsync(download, last, e, limit); // before the tasks that wait for this check fail
            throw;
        }
    }

    // Reads the set kept on disk after a restart, provided that it is the one which the cluster accepted last. An older set could
    // grant again what policies have revoked since.
    private async Task<PolicySnapshot?> RecallAsync()
    {
        using var limit = new CancellationTokenSource(options.Value.CheckLimit(), time);
        try
        {
            if (await acceptedPolicies.GetAsync() is not { } last || await cache.FindAsync(last.Stamp, limit.Token).WaitAsync(limit.Token) is not { } kept)
            {
                return null;
            }

            var accepted = compiler.Accept(kept, last);
            var set = PolicySet.Of(kept.Policies);
            Keep(set, accepted, WatchedOf(kept, set));
            return compiler.Compile(kept, accepted);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Accepted policies version {Version} with {Enabled} enabled policies")]
    private partial void LogAccepted(long version, int enabled);

    [LoggerMessage(5, LogLevel.Warning, "Policies version {Version}: a part of a policy has no effect: {Warning}")]
    private partial void LogIgnored(long version, string warning);

    [LoggerMessage(6, LogLevel.Warning, "Policies version {Version}: {Count} more policies have parts without effect")]
    private partial void LogMoreIgnored(long version, int count);

    [LoggerMessage(3, LogLevel.Warning, "Checking the policies failed, so tasks wait: {Code}: {Reason}")]
    private partial void LogFailed(string code, string reason);

    [LoggerMessage(4, LogLevel.Information, "The policy source answers again with version {Version}; it had failed with: {Reason}")]
    private partial void LogRecovered(long version, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Serving stale policies version {Version}: {Reason}")]
    private partial void LogStale(long version, string reason);
}
