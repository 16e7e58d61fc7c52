using PolicySync.Core.Grants;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>
/// The current share of this process in the workspace's budget: a token bucket with the capacity of one second, and a bound
/// on requests under way. It starts with one token unless it is granted full. In any time t at most <c>rate × t + burst</c>
/// requests start, where burst is the rate of one second and at least 1. <see cref="FairQueue"/> orders the turns.
/// </summary>
internal sealed class RequestBudget : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FairQueue _queue = new();
    private readonly TimeProvider _time;
    private readonly ITimer _refill;

    private double _rate;
    private int _maxConcurrency;
    private double _tokens = 1;
    private long _countedAt;
    private int _running;
    private long _started;

    /// <summary>An empty budget until <see cref="Grant"/>.</summary>
    public RequestBudget(TimeProvider time)
    {
        _time = time;
        _countedAt = time.GetTimestamp();
        _refill = time.CreateTimer(
            static self => ((RequestBudget)self!).OnRefill(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Calls that wait, calls under way, and calls started so far.</summary>
    public (int Waiting, int Running, long Started) Now
    {
        get
        {
            lock (_gate)
            {
                return (_queue.Count, _running, _started);
            }
        }
    }

    /// <summary>Calls that wait and are of tasks that callers made.</summary>
    public int CallersWaiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.OfCallers;
            }
        }
    }

    /// <summary>The granted rate, in requests per second.</summary>
    public double Rate
    {
        get
        {
            lock (_gate)
            {
                return _rate;
            }
        }
    }

    // A bucket of less than one token would never let a request through.
    private double Burst => Math.Max(1, _rate);

    /// <summary>Sets rate and concurrency. Tokens beyond the new capacity are lost.</summary>
    /// <param name="rate">Requests per second.</param>
    /// <param name="maxConcurrency">Requests under way at once.</param>
    /// <param name="isFull">Starts with a full bucket, for a process that has the whole budget.</param>
    public void Grant(double rate, int maxConcurrency, bool isFull = false)
    {
        lock (_gate)
        {
            Count();
            (_rate, _maxConcurrency) = (rate, maxConcurrency);
            _tokens = isFull ? Burst : Math.Min(_tokens, Burst);
            Admit();
        }
    }

    /// <summary>Waits for the call's turn. Dispose the turn when the answer has been read.</summary>
    public ValueTask<Turn> TakeTurnAsync(CallFlow flow, bool isWrite, CancellationToken cancellation) =>
        TakeTurnAsync(new Waiter(flow, isWrite), meter: null, cancellation);

    /// <summary>The same for a call that may be another's before its turn comes (<see cref="CallMeter.MoveTo"/>).</summary>
    public ValueTask<Turn> TakeTurnForAsync(CallMeter? meter, bool isWrite, CancellationToken cancellation) =>
        TakeTurnAsync(new Waiter(meter?.Flow ?? default, isWrite), meter, cancellation);

    private async ValueTask<Turn> TakeTurnAsync(Waiter waiter, CallMeter? meter, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _queue.Add(waiter);
            Admit();
        }

        if (meter is null || waiter.Turn.Task.IsCompleted)
        {
            return await ComeAsync(waiter, cancellation);
        }

        meter.WhileQueued(flow => Move(waiter, flow));
        try
        {
            return await ComeAsync(waiter, cancellation);
        }
        finally
        {
            meter.WhileQueued(null);
        }
    }

    private async ValueTask<Turn> ComeAsync(Waiter waiter, CancellationToken cancellation)
    {
        await using (cancellation.UnsafeRegister(static (state, token) =>
            {
                var (budget, waiter) = ((RequestBudget, Waiter))state!;
                budget.GiveUp(waiter, token);
            }, (this, waiter)))
        {
            await waiter.Turn.Task;
            return new Turn(this);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _refill.Dispose();

    private void OnRefill()
    {
        lock (_gate)
        {
            Admit();
        }
    }

    private void Return()
    {
        lock (_gate)
        {
            _running--;
            Admit();
        }
    }

    private void Move(Waiter waiter, CallFlow flow)
    {
        lock (_gate)
        {
            if (waiter.Flow != flow && _queue.Remove(waiter))
            {
                waiter.Flow = flow;
                _queue.Add(waiter);
            }
        }
    }

    // A waiter whose turn came in the same instant keeps it: it is no longer in the queue.
    private void GiveUp(Waiter waiter, CancellationToken token)
    {
        lock (_gate)
        {
            if (_queue.Remove(waiter))
            {
                waiter.Turn.TrySetCanceled(token);
            }
        }
    }

    private void Count()
    {
        var now = _time.GetTimestamp();
        _tokens = Math.Min(Burst, _tokens + (_rate * _time.GetElapsedTime(_countedAt, now).TotalSeconds));
        _countedAt = now;
    }

    private void Admit()
    {
        Count();
        while (_queue.Count > 0 && _running < _maxConcurrency && _rate > 0)
        {
            if (_tokens < 1)
            {
                // Rounded up: a timer that fires early would find the token not quite there and fire again.
                var wait = TimeSpan.FromMilliseconds(Math.Ceiling((1 - _tokens) / _rate * 1000));
                _refill.Change(wait, Timeout.InfiniteTimeSpan);
                return;
            }

            _tokens--;
            _running++;
            _started++;
            _queue.Take()!.Turn.SetResult();
        }
    }

    /// <summary>The right to one request under way.</summary>
    internal readonly struct Turn(RequestBudget budget) : IDisposable
    {
        public void Dispose() => budget.Return();
    }
}
