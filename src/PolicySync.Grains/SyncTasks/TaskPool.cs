using PolicySync.Core.Tasks;
using PolicySync.Grains.Fairness;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Room for so many tasks at once, and the line of those that found none, each remembered by little more than its id.
/// Room and line are shared out (<see cref="Shares"/>), turns go round the shares, and within a share nobody is passed by
/// who came later. Safe for concurrent use.
/// </summary>
/// <param name="room">Tasks that are driven at once.</param>
internal sealed class TaskPool(int room) : IDisposable
{
    /// <summary>Tasks that wait in line; so many take some 10 MB. One share alone may have nine tenths of them.</summary>
    public const int MaxWaiting = 100_000;

    /// <summary>What they may keep of their requests; of those beyond, the store is asked.</summary>
    private const long MaxKeptBytes = 16 << 20;

    /// <summary>Tasks whose turn it is and that are being begun, at once.</summary>
    private const int MaxCalled = 64;

    private readonly Lock _gate = new();
    private readonly Shares _room = new(room);
    private readonly Shares _places = new(MaxWaiting, mostPerFree: 9); // what finds no place is not lost, only later
    private readonly Dictionary<TaskId, string> _driven = [];
    private readonly Dictionary<TaskId, string> _called = [];
    private readonly HashSet<TaskId> _waiting = [];
    private readonly FairLine<WaitingTask> _line = new();
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
            return _driven.ContainsKey(id) || _waiting.Contains(id) || _called.ContainsKey(id);
        }
    }

    /// <summary>True for a task whose turn it is.</summary>
    public bool IsCurrent(TaskId id)
    {
        lock (_gate)
        {
            return _called.ContainsKey(id);
        }
    }

    /// <summary>Whether a task of the share would find room now.</summary>
    public bool HasRoom(string share)
    {
        lock (_gate)
        {
            return MayEnter(share);
        }
    }

    /// <summary>Whether another task of the share would be remembered in line.</summary>
    public bool Remembers(string share)
    {
        lock (_gate)
        {
            return _places.HasRoom(share);
        }
    }

    /// <summary>False when there is no room, or others are in line for it. Ended by <see cref="Leave"/>.</summary>
    public bool TryEnter(TaskId id, string share)
    {
        lock (_gate)
        {
            // One that is driven already: an older activation, cut off from its successor, is still at it.
            if (!(_called.ContainsKey(id) || MayEnter(share)) || !_driven.TryAdd(id, share))
            {
                return false;
            }

            _room.Take(share);
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryEnter"/> began.</summary>
    public void Leave(TaskId id)
    {
        lock (_gate)
        {
            if (_driven.Remove(id, out var share))
            {
                _room.Return(share);
            }

            Changed();
        }
    }

    /// <summary>Puts a task in line, once. When the line is too long it is left to a later look for open tasks.</summary>
    /// <param name="id">The task.</param>
    /// <param name="share">Its share.</param>
    /// <param name="accepted">What it was accepted as, if it was not begun since.</param>
    public void Wait(TaskId id, string share, AcceptedTask? accepted)
    {
        lock (_gate)
        {
            // One that is driven: an older activation is still at it, and when it ends, the row tells whether more is to do.
            if (!_places.HasRoom(share) || _driven.ContainsKey(id) || !_waiting.Add(id))
            {
                return;
            }

            var bytes = accepted?.RequestJson.Length ?? 0;
            var keeps = _keptBytes + bytes <= MaxKeptBytes;
            _keptBytes += keeps ? bytes : 0;
            _places.Take(share);
            _line.Add(share, new WaitingTask(id, keeps ? accepted : null));
            Changed();
        }
    }

    /// <summary>The next in line, as soon as there is room for it. Its turn is ended by <see cref="CompleteTurn"/>.</summary>
    public async Task<WaitingTask> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_called.Count < MaxCalled && _line.TryTake(_room.HasRoom, out var share, out var next))
                {
                    _keptBytes -= next.Accepted?.RequestJson.Length ?? 0;
                    _waiting.Remove(next.Id);
                    _places.Return(share);
                    _room.Take(share);
                    _called.Add(next.Id, share);
                    return next;
                }
            }

            await _changed.WaitAsync(cancellation);
        }
    }

    /// <summary>The task was told that it is its turn: it is driven now, or is not to be.</summary>
    /// <returns>The share that it stood in line for.</returns>
    public string CompleteTurn(TaskId id)
    {
        lock (_gate)
        {
            if (_called.Remove(id, out var share))
            {
                _room.Return(share);
            }

            Changed();
            return share ?? TaskShare.Common;
        }
    }

    public void Dispose() => _changed.Dispose();

    private bool MayEnter(string share) => _room.HasRoom(share) && !_line.HasAny(_room.HasRoom);

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
