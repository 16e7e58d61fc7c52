namespace PolicySync.Core.Tasks;

/// <summary>
/// Gives out task ids of one process: never the same twice, growing with time also when the clock steps back. Two
/// processes may collide (they start their sequences at different random places); the store's insert finds that out.
/// Safe for concurrent use.
/// </summary>
public sealed class TaskIdSource(TimeProvider time, Random random)
{
    private readonly Lock _gate = new();
    private long _lastMilliseconds;
    private int _sequence = random.Next(1 << TaskId.SequenceBits);
    private int _inMillisecond;

    /// <summary>The next id in <paramref name="lane"/>.</summary>
    public TaskId Next(int lane)
    {
        lock (_gate)
        {
            var now = (long)(time.GetUtcNow() - TaskId.Epoch).TotalMilliseconds;
            if (now > _lastMilliseconds)
            {
                _lastMilliseconds = now;
                _inMillisecond = 0;
            }
            else if (++_inMillisecond >= 1 << TaskId.SequenceBits)
            {
                _lastMilliseconds++;
                _inMillisecond = 0;
            }

            _sequence = (_sequence + 1) & ((1 << TaskId.SequenceBits) - 1);
            return TaskId.Create(TaskId.Epoch.AddMilliseconds(_lastMilliseconds), lane, _sequence);
        }
    }
}
