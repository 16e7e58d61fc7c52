using Microsoft.Extensions.Options;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>
/// The process's share of the workspace's budget: a token bucket that holds one second's worth, and a bound on what is
/// under way. In any time t at most <c>rate × t + burst</c> requests start. Strictly first come, first served: a call
/// of a small task is never overtaken by those of a large walk that came later.
/// </summary>
public sealed class RequestBudget : IDisposable
{
    private static readonly TimeSpan NoticeableWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RefusalIsRecent = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _queue = new();
    private readonly TimeProvider _time;
    private readonly ITimer _refill;
    private readonly double _rate;
    private readonly double _burst;
    private readonly int _maxConcurrency;

    private double _tokens;
    private long _countedAt;
    private long? _refusedAt;
    private int _running;

    /// <summary>A full budget.</summary>
    public RequestBudget(IOptions<WorkspaceOptions> options, TimeProvider time)
    {
        _time = time;
        _rate = options.Value.RequestsPerSecond;
        // A bucket of less than one token would never let a request through.
        _burst = Math.Max(1, _rate);
        _maxConcurrency = options.Value.MaxConcurrency;
        _tokens = _burst;
        _countedAt = time.GetTimestamp();
        _refill = time.CreateTimer(
            static self => ((RequestBudget)self!).OnRefill(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// True while calls are held up: one has waited for over a second, or the workspace refused one (HTTP 429) within
    /// the last five seconds.
    /// </summary>
    public bool IsThrottled
    {
        get
        {
            lock (_gate)
            {
                return (_refusedAt is { } refused && _time.GetElapsedTime(refused) < RefusalIsRecent)
                    || (_queue.First is { } first && _time.GetElapsedTime(first.Value.Since) >= NoticeableWait);
            }
        }
    }

    /// <summary>Calls that wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Waits for the call's turn. Dispose what it gives when the answer has been read.</summary>
    internal async ValueTask<Turn> TakeTurnAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var waiter = new Waiter(_time.GetTimestamp());
        lock (_gate)
        {
            _queue.AddLast(waiter.Node);
            Admit();
        }

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

    /// <summary>Notes that the workspace refused a call for coming too soon.</summary>
    internal void NoteRefusal()
    {
        lock (_gate)
        {
            _refusedAt = _time.GetTimestamp();
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

    // A waiter whose turn came in the same instant keeps it: it is no longer in the queue.
    private void GiveUp(Waiter waiter, CancellationToken token)
    {
        lock (_gate)
        {
            if (waiter.Node.List is not null)
            {
                _queue.Remove(waiter.Node);
                waiter.Turn.TrySetCanceled(token);
            }
        }
    }

    private void Admit()
    {
        var now = _time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + (_rate * _time.GetElapsedTime(_countedAt, now).TotalSeconds));
        _countedAt = now;

        while (_queue.First is { } first && _running < _maxConcurrency)
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
            _queue.Remove(first);
            first.Value.Turn.SetResult();
        }
    }

    /// <summary>The right to have one request under way.</summary>
    internal readonly struct Turn(RequestBudget budget) : IDisposable
    {
        public void Dispose() => budget.Return();
    }

    private sealed class Waiter
    {
        public Waiter(long since)
        {
            Since = since;
            Node = new LinkedListNode<Waiter>(this);
        }

        public long Since { get; }

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
