using PolicySync.Core.Tasks;
using PolicySync.Grains.Fairness;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Room for a number of tasks, and the line of tasks that wait for room, of which little more than the ids are held. Both are divided
/// by <see cref="Shares"/>. The shares take turns, and within a share tasks keep their order. Safe for concurrent use.
/// </summary>
/// <param name="room">Most tasks that are driven at once.</param>
internal sealed class TaskPool(int room) : IDisposable
{
    /// <summary>Most tasks in line, which take about 10 MB. A single share may hold nine tenths of the places.</summary>
    public const int MaxWaiting = 100_000;

    /// <summary>Most bytes of requests that are held for the line. Further requests are read from the store.</summary>
    private const long MaxKeptBytes = 16 << 20;

    /// <summary>Most tasks that have their turn and are being started.</summary>
    private const int MaxCurrent = 64;

    private readonly Lock _gate = new();
    private readonly Shares _room = new(room);
    private readonly Shares _places = new(MaxWaiting, mostPerFree: 9); // a task without a place is only later, as a scan finds it
    private readonly Dictionary<TaskId, string> _driven = [];
    private readonly Dictionary<TaskId, string> _current = [];
    private readonly HashSet<TaskId> _waiting = [];
    private readonly FairLine<WaitingTask> _line = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private long _keptBytes;

    /// <summary>Number of tasks in line.</summary>
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

    /// <summary>Whether the task is driven, in line, or has its turn.</summary>
    public bool Has(TaskId id)
    {
        lock (_gate)
        {
            return _driven.ContainsKey(id) || _waiting.Contains(id) || _current.ContainsKey(id);
        }
    }

    /// <summary>Whether the task has its turn.</summary>
    public bool IsCurrent(TaskId id)
    {
        lock (_gate)
        {
            return _current.ContainsKey(id);
        }
    }

    /// <summary>Whether a task of the share would find room.</summary>
    public bool HasRoom(string share)
    {
        lock (_gate)
        {
            return MayEnter(share);
        }
    }

    /// <summary>Whether the line has a place for another task of the share.</summary>
    public bool CanEnqueue(string share)
    {
        lock (_gate)
        {
            return _places.HasRoom(share);
        }
    }

    /// <summary>Takes room for a task, until <see cref="Leave"/>. False when there is none, or when other tasks are in line for it.</summary>
    public bool TryEnter(TaskId id, string share)
    {
        lock (_gate)
        {
            // TryAdd fails when an older activation, cut off from its successor, still drives the task.
            if (!(_current.ContainsKey(id) || MayEnter(share)) || !_driven.TryAdd(id, share))
            {
                return false;
            }

            _room.Take(share);
            return true;
        }
    }

    /// <summary>Gives back the room that <see cref="TryEnter"/> took.</summary>
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

    /// <summary>Adds a task to the line, once. When the line is full, the task is left to a later scan.</summary>
    /// <param name="id">The task.</param>
    /// <param name="share">Its share.</param>
    /// <param name="accepted">The accepted task, if it was not started since.</param>
    public void Enqueue(TaskId id, string share, AcceptedTask? accepted)
    {
        lock (_gate)
        {
            // An older activation may still drive the task; when it ends, the row tells whether more is to do.
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

    /// <summary>Waits until there is room for a task in line and gives that task its turn, until <see cref="CompleteTurn"/>.</summary>
    public async Task<WaitingTask> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_current.Count < MaxCurrent && _line.TryTake(_room.HasRoom, out var share, out var next))
                {
                    _keptBytes -= next.Accepted?.RequestJson.Length ?? 0;
                    _waiting.Remove(next.Id);
                    _places.Return(share);
                    _room.Take(share);
                    _current.Add(next.Id, share);
                    return next;
                }
            }

            await _changed.WaitAsync(cancellation);
        }
    }

    /// <summary>Ends the turn of a task, which is driven now or will not be.</summary>
    /// <returns>The share of the task.</returns>
    public string CompleteTurn(TaskId id)
    {
        lock (_gate)
        {
            if (_current.Remove(id, out var share))
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

/// <summary>A task in line.</summary>
/// <param name="Id">The task.</param>
/// <param name="Accepted">The accepted task; null when only the store has it.</param>
internal readonly record struct WaitingTask(TaskId Id, AcceptedTask? Accepted);
