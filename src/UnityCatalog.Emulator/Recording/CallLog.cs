namespace UnityCatalog.Emulator.Recording;

/// <summary>The last calls, in a ring buffer of constant size.</summary>
internal sealed class CallLog(int capacity, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly CallRecord?[] _ring = new CallRecord?[capacity];
    private readonly long _origin = time.GetTimestamp();
    private long _last;
    private long _cleared;
    private int _inFlight;

    public int InFlight => Volatile.Read(ref _inFlight);

    public long Last => Interlocked.Read(ref _last);

    private double NowMs => time.GetElapsedTime(_origin).TotalMilliseconds;

    /// <summary>How many calls since the last clearing have been overwritten.</summary>
    public long Forgotten => Math.Max(0, Last - capacity - Interlocked.Read(ref _cleared));

    public CallRecord Begin(string method, string path, string? query, string route, string? securable)
    {
        lock (_lock)
        {
            // Number and start are given together, so that the order of numbers is that of starts.
            var record = new CallRecord
            {
                Sequence = ++_last,
                StartMs = NowMs,
                Method = method,
                Path = path,
                Query = query,
                Route = route,
                Securable = securable,
            };
            _ring[record.Sequence % capacity] = record;
            _inFlight++;
            return record;
        }
    }

    public void End(CallRecord record)
    {
        lock (_lock)
        {
            record.End(NowMs);
            _inFlight--;
        }
    }

    /// <summary>Calls after <paramref name="since"/>, oldest first.</summary>
    public List<CallRecord> Since(long since)
    {
        lock (_lock)
        {
            var first = Math.Max(Math.Max(since, _cleared), _last - capacity) + 1;
            var found = new List<CallRecord>((int)Math.Max(0, _last - first + 1));
            for (var sequence = first; sequence <= _last; sequence++)
            {
                found.Add(_ring[sequence % capacity]!);
            }

            return found;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _cleared = _last;
            Array.Clear(_ring);
        }
    }
}
