using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>
/// Manages this process's lease of the budget: requests it with the first call, renews it while there is work, reports
/// refusals at once, and returns it when idle. While the budget grain is unreachable, the last lease is used for its lifetime
/// and then halved up to three times: never more than was leased, and together with new leases of other processes not much
/// more than the budget.
/// </summary>
internal sealed partial class BudgetKeeper : IDisposable
{
    /// <summary>Interval of renewals while there is work.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>Shortest interval of additional renewals.</summary>
    public static readonly TimeSpan LeastBetween = TimeSpan.FromMilliseconds(100);

    /// <summary>Idle time after which the lease is returned.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(5);

    /// <summary>Fraction of the rate for a process that has no lease and cannot reach the grain; one call at a time.</summary>
    public const double UnaskedPart = 0.1;

    /// <summary>How many times a lease that cannot be renewed is halved.</summary>
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
    private bool _reportedWaiting;
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

    /// <summary>Requests per second of all processes together, from the last lease; 0 without one.</summary>
    public double Total => Volatile.Read(ref _lease)?.Total ?? 0;

    /// <summary>Records a call and whether it waits; requests a lease where one is needed.</summary>
    public void RecordCall(bool waits)
    {
        lock (_gate)
        {
            _usedAt = _time.GetTimestamp();
            // That calls wait is reported once per renewal.
            if (_isActive && (!waits || !IsRenewable || _reportedWaiting || IsJustAsked))
            {
                return;
            }

            _isActive = true;
        }

        _ = AskAsync();
    }

    /// <summary>Records that the workspace refused a call with 429.</summary>
    public void RecordRefusal()
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
            FallBack(); // even while a renewal is under way
            if (_isAsking)
            {
                return;
            }

            var (waiting, running, _) = _budget.Now;
            _isActive = waiting + running > 0 || _time.GetElapsedTime(_usedAt) < IdleAfter;
        }

        _ = AskAsync();
    }

    // One renewal at a time. Leaves the caller's scheduler after the first wait: callers may be grains, which deactivate.
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
#pragma warning disable CA1031 // any failure means the grain is unreachable, and work continues with less
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
        // A quarter more than was used, so that it can grow; one call more, so that it can start; and the calls that wait,
        // within one renewal.
        var used = elapsed > 0 ? (started - _counted.Started) / elapsed : 0;
        _counted = (_askedAt, started);
        var held = _lease is { } lease && _time.GetElapsedTime(_leasedAt) < lease.ValidFor ? lease : null;
        _reportedWaiting = waiting > 0;
        return new BudgetReport(
            _holder, held?.Rate ?? 0, held?.Concurrency ?? 0,
            _isActive ? (used * 1.25) + 1 + (waiting / Every.TotalSeconds) : 0,
            waiting + running, running, _refusals)
        {
            CallersWaiting = _budget.CallersWaiting,
        };
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
            // Calls arrived while the lease was being returned, or a renewal was requested too soon.
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

    [LoggerMessage(130, LogLevel.Information, "Cannot reach the budget grain ({Kind}: {Reason}); using the last lease at a decreasing rate")]
    private partial void LogUnreachable(string kind, string reason);
}
