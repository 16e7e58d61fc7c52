using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>
/// Keeps this process's lease: asks for one when a call comes, renews it while there is work, tells of refusals at
/// once, and gives it back when there is none. When nobody can be asked, what was leased last goes on for its time and
/// is then halved, up to three times: never more than was leased, and together with what others are given meanwhile
/// not much more than the budget.
/// </summary>
internal sealed partial class BudgetKeeper : IDisposable
{
    /// <summary>Time between renewals while there is work.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>Least time between renewals that something asks for besides.</summary>
    public static readonly TimeSpan LeastBetween = TimeSpan.FromMilliseconds(100);

    /// <summary>Without a call for so long the lease is given back.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(5);

    /// <summary>The part of the rate for a process that has no lease and cannot ask for one; one call at a time.</summary>
    public const double UnaskedPart = 0.1;

    /// <summary>How often a lease is halved that cannot be renewed.</summary>
    public const int MaxHalvings = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Guid _holder;
    private readonly RequestBudget _budget;
    private readonly IBudgetLeases _leases;
    private readonly WorkspaceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BudgetKeeper> _logger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _tick;

    private BudgetLease? _lease;
    private long _leasedAt;
    private long _askedAt;
    private long _usedAt;
    private bool _toldOfWaiting;
    private (long At, long Started) _counted;
    private int _refusals;
    private bool _isActive;
    private bool _isAsking;
    private bool _askAgain;
    private bool _isUnreachable;

    public BudgetKeeper(
        RequestBudget budget, IBudgetLeases leases, IOptions<WorkspaceOptions> options, TimeProvider time, IdGenerator ids, ILogger<BudgetKeeper> logger)
    {
        _holder = ids.NewId();
        (_budget, _leases, _options, _time, _logger) = (budget, leases, options.Value, time, logger);
        _counted = (time.GetTimestamp(), 0);
        _tick = time.CreateTimer(static self => ((BudgetKeeper)self!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests per second of all processes together, as the last lease told; 0 without one.</summary>
    public double Total => Volatile.Read(ref _lease)?.Total ?? 0;

    /// <summary>Notes that a call came, and whether it has to wait.</summary>
    public void Note(bool waits)
    {
        lock (_gate)
        {
            _usedAt = _time.GetTimestamp();
            // Who has told already that calls wait need not tell it again.
            if (_isActive && (!waits || !IsRenewable || _toldOfWaiting || IsJustAsked))
            {
                return;
            }

            _isActive = true;
        }

        _ = AskAsync();
    }

    /// <summary>Notes that the workspace refused a call for coming too soon.</summary>
    public void Refused()
    {
        lock (_gate)
        {
            _refusals++;
            if (!IsRenewable || IsJustAsked)
            {
                return;
            }
        }

        _ = AskAsync();
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _tick.Dispose();
        _disposed.Dispose();
    }

    private bool IsRenewable => _lease?.ValidFor != Timeout.InfiniteTimeSpan;

    private bool IsJustAsked => _isAsking || _time.GetElapsedTime(_askedAt) < LeastBetween;

    private void OnTick()
    {
        lock (_gate)
        {
            FallBack(); // also while an answer is outstanding
            if (_isAsking)
            {
                return;
            }

            var (waiting, running, _) = _budget.Now;
            _isActive = waiting + running > 0 || _time.GetElapsedTime(_usedAt) < IdleAfter;
        }

        _ = AskAsync();
    }

    // One question at a time. Off the caller's scheduler after the first wait: callers may be grains, which end.
    private async Task AskAsync()
    {
        bool again;
        do
        {
            BudgetReport report;
            lock (_gate)
            {
                if (_isAsking)
                {
                    _askAgain = true;
                    return;
                }

                _isAsking = true;
                _askAgain = false;
                report = Report();
            }

            BudgetLease? lease = null;
            Exception? failure = null;
            try
            {
                lease = await _leases.RenewAsync(report, _disposed.Token).WaitAsync(Patience, _time, _disposed.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // whatever it is, nobody could be asked, and the work goes on with less
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }

            again = Take(report, lease, failure);
        }
        while (again);
    }

    private BudgetReport Report()
    {
        _askedAt = _time.GetTimestamp();
        var (waiting, running, started) = _budget.Now;
        var elapsed = _time.GetElapsedTime(_counted.At, _askedAt).TotalSeconds;
        // A quarter more than was used, so that it can grow; one call more, so that it can begin; and what it takes to
        // have nobody wait until the next renewal.
        var used = elapsed > 0 ? (started - _counted.Started) / elapsed : 0;
        _counted = (_askedAt, started);
        var held = _lease is { } lease && _time.GetElapsedTime(_leasedAt) < lease.ValidFor ? lease : null;
        _toldOfWaiting = waiting > 0;
        return new BudgetReport(
            _holder, held?.Rate ?? 0, held?.Concurrency ?? 0,
            _isActive ? (used * 1.25) + 1 + (waiting / Every.TotalSeconds) : 0,
            waiting + running, running, _refusals);
    }

    private bool Take(BudgetReport report, BudgetLease? lease, Exception? failure)
    {
        lock (_gate)
        {
            _isAsking = false;
            if (_disposed.IsCancellationRequested)
            {
                return false;
            }

            if (lease is null)
            {
                LogUnreachable(failure);
                FallBack();
                _tick.Change(Every, Every);
                return false;
            }

            _isUnreachable = false;
            _refusals -= report.Refusals;
            (_lease, _leasedAt) = (report.Demand > 0 ? lease : null, _askedAt);
            _budget.Grant(lease.Rate, lease.Concurrency, isFull: !IsRenewable);
            var next = !IsRenewable || (_lease is null && !_isActive) ? Timeout.InfiniteTimeSpan : Every;
            _tick.Change(next, next);
            // Calls came while the lease was given back, or a question came too soon.
            return _askAgain || (_isActive && _lease is null);
        }
    }

    private void FallBack()
    {
        if (_lease is not { } lease)
        {
            if (_isUnreachable && _isActive)
            {
                _budget.Grant(_options.RequestsPerSecond * UnaskedPart, 1);
            }

            return;
        }

        if (!IsRenewable || _time.GetElapsedTime(_leasedAt) < lease.ValidFor)
        {
            return;
        }

        var halvings = Math.Min(MaxHalvings, (int)(_time.GetElapsedTime(_leasedAt) / lease.ValidFor));
        _budget.Grant(lease.Rate / Math.Pow(2, halvings), lease.Concurrency == 0 ? 0 : Math.Max(1, lease.Concurrency >> halvings));
    }

    private void LogUnreachable(Exception? failure)
    {
        if (!_isUnreachable)
        {
            _isUnreachable = true;
            LogUnreachable(failure?.GetType().Name ?? "no answer", failure?.Message ?? "");
        }
    }

    [LoggerMessage(130, LogLevel.Information, "The workspace's budget cannot be asked for ({Kind}: {Reason}); going on with what is left of the last lease")]
    private partial void LogUnreachable(string kind, string reason);
}
