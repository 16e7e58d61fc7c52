using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>
/// Calls that wait for their turn. Turns alternate between walks and all other work, within each of the two they go
/// round the tasks, and within a task writes come first: a write that waits too long must not be sent any more. Not
/// safe for concurrent use.
/// </summary>
internal sealed class FairQueue
{
    private readonly Kind _single = new();
    private readonly Kind _bulk = new();
    private bool _lastWasBulk;

    public int Count => _single.Count + _bulk.Count;

    public void Add(Waiter waiter) => Of(waiter).Add(waiter);

    /// <summary>Takes the next; null when nobody waits.</summary>
    public Waiter? Take()
    {
        var kind = _single.Count == 0 ? _bulk : _bulk.Count == 0 ? _single : _lastWasBulk ? _single : _bulk;
        if (kind.Count == 0)
        {
            return null;
        }

        _lastWasBulk = kind == _bulk;
        return kind.Take();
    }

    /// <summary>Removes one that gave up; false when its turn had come already.</summary>
    public bool Remove(Waiter waiter) => Of(waiter).Remove(waiter);

    private Kind Of(Waiter waiter) => waiter.Flow.IsBulk ? _bulk : _single;

    /// <summary>The tasks of one kind, in the order of their next turns.</summary>
    private sealed class Kind
    {
        private readonly LinkedList<TaskCalls> _order = new();
        private readonly Dictionary<long, LinkedListNode<TaskCalls>> _tasks = [];

        public int Count { get; private set; }

        public void Add(Waiter waiter)
        {
            if (!_tasks.TryGetValue(waiter.Flow.Task, out var task))
            {
                task = _order.AddLast(new TaskCalls());
                _tasks[waiter.Flow.Task] = task;
            }

            (waiter.IsWrite ? task.Value.Writes : task.Value.Reads).AddLast(waiter.Node);
            Count++;
        }

        public Waiter Take()
        {
            var task = _order.First!;
            var next = (task.Value.Writes.First ?? task.Value.Reads.First)!;
            next.List!.Remove(next);
            Count--;
            _order.Remove(task);
            if (task.Value.IsEmpty)
            {
                _tasks.Remove(next.Value.Flow.Task);
            }
            else
            {
                _order.AddLast(task);
            }

            return next.Value;
        }

        public bool Remove(Waiter waiter)
        {
            if (waiter.Node.List is not { } list)
            {
                return false;
            }

            list.Remove(waiter.Node);
            Count--;
            if (_tasks[waiter.Flow.Task] is { Value.IsEmpty: true } task)
            {
                _order.Remove(task);
                _tasks.Remove(waiter.Flow.Task);
            }

            return true;
        }
    }

    private sealed class TaskCalls
    {
        public LinkedList<Waiter> Writes { get; } = new();

        public LinkedList<Waiter> Reads { get; } = new();

        public bool IsEmpty => Writes.Count == 0 && Reads.Count == 0;
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

    public CallFlow Flow { get; }

    public bool IsWrite { get; }

    public LinkedListNode<Waiter> Node { get; }

    public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
