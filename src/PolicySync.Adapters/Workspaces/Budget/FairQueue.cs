using PolicySync.Core.Tasks;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>
/// Calls that wait for their turn. Turns alternate between walks and all other work; each of the two rotates over the shares,
/// a share rotates over its tasks, and within a task writes come first, since a write that waits too long must not be sent.
/// A call therefore waits for at most two turns of each waiting share, and for one of each task of its own share in every
/// such round. Not safe for concurrent use.
/// </summary>
internal sealed class FairQueue
{
    private readonly Kind _single = new();
    private readonly Kind _bulk = new();
    private bool _lastWasBulk;

    public int Count => _single.Count + _bulk.Count;

    /// <summary>Calls of tasks that callers made.</summary>
    public int OfCallers { get; private set; }

    public void Add(Waiter waiter)
    {
        Of(waiter).Add(waiter);
        OfCallers += OfCaller(waiter);
    }

    /// <summary>Removes and returns the next call; null when none waits.</summary>
    public Waiter? Take()
    {
        var kind = _single.Count == 0 ? _bulk : _bulk.Count == 0 ? _single : _lastWasBulk ? _single : _bulk;
        if (kind.Count == 0)
        {
            return null;
        }

        _lastWasBulk = kind == _bulk;
        var next = kind.Take();
        OfCallers -= OfCaller(next);
        return next;
    }

    /// <summary>Removes a call that stopped waiting; false when its turn had already come.</summary>
    public bool Remove(Waiter waiter)
    {
        if (!Of(waiter).Remove(waiter))
        {
            return false;
        }

        OfCallers -= OfCaller(waiter);
        return true;
    }

    private static int OfCaller(Waiter waiter) => TaskShare.IsOfCaller(waiter.Flow.Share ?? TaskShare.Common) ? 1 : 0;

    private Kind Of(Waiter waiter) => waiter.Flow.IsBulk ? _bulk : _single;

    /// <summary>The calls of walks, or all other calls.</summary>
    private sealed class Kind
    {
        private readonly Round<string, Round<long, TaskCalls>> _shares = new(
            waiter => waiter.Flow.Share ?? TaskShare.Common, () => new(waiter => waiter.Flow.Task, () => new TaskCalls()));

        public int Count { get; private set; }

        public void Add(Waiter waiter)
        {
            _shares.Add(waiter);
            Count++;
        }

        public Waiter Take()
        {
            Count--;
            return _shares.Take();
        }

        public bool Remove(Waiter waiter)
        {
            if (waiter.Node.List is null)
            {
                return false;
            }

            Count--;
            _shares.Remove(waiter);
            return true;
        }
    }

    private interface IPart
    {
        bool IsEmpty { get; }

        void Add(Waiter waiter);

        Waiter Take();

        void Remove(Waiter waiter);
    }

    /// <summary>Rotates over parts, in the order of their next turns.</summary>
    private sealed class Round<TKey, TPart>(Func<Waiter, TKey> keyOf, Func<TPart> begin) : IPart
        where TKey : notnull
        where TPart : IPart
    {
        private readonly LinkedList<TPart> _order = new();
        private readonly Dictionary<TKey, LinkedListNode<TPart>> _parts = [];

        public bool IsEmpty => _parts.Count == 0;

        public void Add(Waiter waiter)
        {
            if (!_parts.TryGetValue(keyOf(waiter), out var part))
            {
                _parts[keyOf(waiter)] = part = _order.AddLast(begin());
            }

            part.Value.Add(waiter);
        }

        public Waiter Take()
        {
            var part = _order.First!;
            var next = part.Value.Take();
            _order.Remove(part);
            if (part.Value.IsEmpty)
            {
                _parts.Remove(keyOf(next));
            }
            else
            {
                _order.AddLast(part);
            }

            return next;
        }

        public void Remove(Waiter waiter)
        {
            var part = _parts[keyOf(waiter)];
            part.Value.Remove(waiter);
            if (part.Value.IsEmpty)
            {
                _order.Remove(part);
                _parts.Remove(keyOf(waiter));
            }
        }
    }

    private sealed class TaskCalls : IPart
    {
        private readonly LinkedList<Waiter> _writes = new();
        private readonly LinkedList<Waiter> _reads = new();

        public bool IsEmpty => _writes.Count == 0 && _reads.Count == 0;

        public void Add(Waiter waiter) => (waiter.IsWrite ? _writes : _reads).AddLast(waiter.Node);

        public Waiter Take()
        {
            var next = (_writes.First ?? _reads.First)!;
            next.List!.Remove(next);
            return next.Value;
        }

        public void Remove(Waiter waiter) => waiter.Node.List!.Remove(waiter.Node);
    }
}

/// <summary>A call that waits for its turn.</summary>
internal sealed class Waiter
{
    public Waiter(CallFlow flow, bool isWrite)
    {
        (Flow, IsWrite) = (flow, isWrite);
        Node = new LinkedListNode<Waiter>(this);
    }

    /// <summary>The task and share of the call. Changed only while the call is not in the queue.</summary>
    public CallFlow Flow { get; set; }

    public bool IsWrite { get; }

    public LinkedListNode<Waiter> Node { get; }

    public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
