using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Room for so many tasks at once, and the line of those that found none, each remembered by little more than its id.
/// In a line, nobody is passed by who came later. Safe for concurrent use.
/// </summary>
/// <param name="room">Tasks that are driven at once.</param>
internal sealed class TaskPool(int room) : IDisposable
{
    /// <summary>Tasks that wait in line; so many take some 10 MB.</summary>
    public const int MaxWaiting = 100_000;

    /// <summary>What they may keep of their requests; of those beyond, the store is asked.</summary>
    private const long MaxKeptBytes = 16 << 20;

    /// <summary>Tasks whose turn it is and that are being begun, at once.</summary>
    private const int MaxCalled = 64;

    private readonly Lock _gate = new();
    private readonly HashSet<TaskId> _driven = [];
    private readonly HashSet<TaskId> _called = [];
    private readonly HashSet<TaskId> _waiting = [];
    private readonly Queue<WaitingTask> _line = [];
    private readonly SemaphoreSlim _changed = new(0, 1);
    private long _keptBytes;

    /// <summary>Tasks in line.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _line.Count;
            }
        }
    }

    /// <summary>True for a task that is driven from here, that waits, or whose turn it is.</summary>
    public bool Has(TaskId id)
    {
        lock (_gate)
        {
            return _driven.Contains(id) || _waiting.Contains(id) || _called.Contains(id);
        }
    }

    /// <summary>True for a task whose turn it is.</summary>
    public bool Calls(TaskId id)
    {
        lock (_gate)
        {
            return _called.Contains(id);
        }
    }

    /// <summary>False when there is no room, or others are in line for it. Ended by <see cref="Leave"/>.</summary>
    public bool TryEnter(TaskId id)
    {
        lock (_gate)
        {
            // One that is driven already: an older activation, cut off from its successor, is still at it.
            return (_called.Contains(id) || (_line.Count == 0 && _driven.Count + _called.Count < room)) && _driven.Add(id);
        }
    }

    /// <summary>Ends what <see cref="TryEnter"/> began.</summary>
    public void Leave(TaskId id)
    {
        lock (_gate)
        {
            _driven.Remove(id);
            Changed();
        }
    }

    /// <summary>Puts a task in line, once. When the line is too long it is left to a later look for open tasks.</summary>
    /// <param name="id">The task.</param>
    /// <param name="accepted">What it was accepted as, if it was not begun since.</param>
    public void Wait(TaskId id, AcceptedTask? accepted)
    {
        lock (_gate)
        {
            // One that is driven: an older activation is still at it, and when it ends, the row tells whether more is to do.
            if (_line.Count >= MaxWaiting || _driven.Contains(id) || !_waiting.Add(id))
            {
                return;
            }

            var bytes = accepted?.RequestJson.Length ?? 0;
            var keeps = _keptBytes + bytes <= MaxKeptBytes;
            _keptBytes += keeps ? bytes : 0;
            _line.Enqueue(new WaitingTask(id, keeps ? accepted : null));
            Changed();
        }
    }

    /// <summary>The next in line, as soon as there is room for it. Its turn is ended by <see cref="Called"/>.</summary>
    public async Task<WaitingTask> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_called.Count < MaxCalled && _driven.Count + _called.Count < room && _line.TryDequeue(out var next))
                {
                    _keptBytes -= next.Accepted?.RequestJson.Length ?? 0;
                    _waiting.Remove(next.Id);
                    _called.Add(next.Id);
                    return next;
                }
            }

            await _changed.WaitAsync(cancellation);
        }
    }

    /// <summary>The task was told that it is its turn: it is driven now, or is not to be.</summary>
    public void Called(TaskId id)
    {
        lock (_gate)
        {
            _called.Remove(id);
            Changed();
        }
    }

    public void Dispose() => _changed.Dispose();

    private void Changed()
    {
        if (_changed.CurrentCount == 0)
        {
            _changed.Release();
        }
    }
}

/// <summary>A task that waits for room.</summary>
/// <param name="Id">The task.</param>
/// <param name="Accepted">What it was accepted as; null when only the store knows.</param>
internal readonly record struct WaitingTask(TaskId Id, AcceptedTask? Accepted);
