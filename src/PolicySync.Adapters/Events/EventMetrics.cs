using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using PolicySync.Core.Events;
using PolicySync.Core.Tasks;
using PolicySync.Core.Telemetry;

namespace PolicySync.Adapters.Events;

/// <summary>Counts what becomes of events, by the names of <see cref="MetricNames"/>. Safe for concurrent use.</summary>
internal sealed class EventMetrics
{
    private const string Accepted = "ACCEPTED";
    private const string Duplicate = "DUPLICATE";
    private const string Ignored = "IGNORED";
    private const string DeadLetter = "DEAD_LETTER";

    private readonly Counter<long> _received;
    private readonly Counter<long> _outcomes;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _failures;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Hub, string Partition), PartitionState> _partitions = new();

    public EventMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MetricNames.Meter);
        _received = meter.CreateCounter<long>(MetricNames.EventsReceived, "{event}", "Events received, repeated ones too, by hub and partition.");
        _outcomes = meter.CreateCounter<long>(MetricNames.EventOutcomes, "{request}", "What became of the requests in events: ACCEPTED, DUPLICATE, IGNORED or DEAD_LETTER.");
        _retries = meter.CreateCounter<long>(MetricNames.EventRetries, "{attempt}", "Attempts to take an event or keep a dead letter that the storage failed.");
        _failures = meter.CreateCounter<long>(MetricNames.EventCheckpointFailures, "{attempt}", "Positions that could not be stored. The next one covers them.");
        meter.CreateObservableGauge(MetricNames.EventsLag, () => Observe(static state => state.Lag), "{event}", "Events in the partition after the stored position.");
        meter.CreateObservableGauge(MetricNames.EventsAge, () => Observe(state => state.AgeAt(_time.GetUtcNow())), "s", "How long the oldest of them has been in the hub; 0 without any.");
        meter.CreateObservableGauge(MetricNames.EventsPartitions, () => _partitions.Count, "{partition}", "Partitions that this process reads.");
        meter.CreateObservableGauge(MetricNames.EventsConnected, () => IsConnected ? 1 : 0, "{connection}", "1 while this process is connected to the hub, else 0.");
    }

    /// <summary>Whether the process is connected to the hub.</summary>
    public bool IsConnected { get; set; }

    /// <summary>The partitions of a hub that this process reads.</summary>
    public IReadOnlyList<string> PartitionsOf(string hub) => [.. _partitions.Keys.Where(key => key.Hub == hub).Select(key => key.Partition)];

    /// <summary>The process reads a partition. Its counters begin with 0, as one that does not exist before its first event hides that from `rate`.</summary>
    public void Own(string hub, string partition)
    {
        _partitions.TryAdd((hub, partition), new PartitionState());
        Array.ForEach([_received, _retries, _failures], counter => counter.Add(0, Tags(hub, partition)));
        Array.ForEach([Accepted, Duplicate, Ignored, DeadLetter], outcome => _outcomes.Add(0, [.. Tags(hub, partition), new("outcome", outcome)]));
    }

    public void Leave(string hub, string partition) => _partitions.TryRemove((hub, partition), out _);

    /// <summary>Events were received; the first is the oldest that is not yet a task.</summary>
    public void Receive(EventPosition first, int count)
    {
        _received.Add(count, Tags(first.Hub, first.Partition));
        if (_partitions.TryGetValue((first.Hub, first.Partition), out var state))
        {
            state.Begin(first);
        }
    }

    public void Record(EventPosition at, EventOutcome outcome)
    {
        Count(at, Accepted, outcome.Accepted);
        Count(at, Duplicate, outcome.Duplicates);
        Count(at, Ignored, outcome.Ignored);
        Count(at, DeadLetter, outcome.Faults.Count > 0 ? 1 : 0);
    }

    public void Retry(EventPosition at) => _retries.Add(1, Tags(at.Hub, at.Partition));

    public void FailCheckpoint(string hub, string partition) => _failures.Add(1, Tags(hub, partition));

    /// <summary>All events up to <paramref name="done"/> are taken.</summary>
    public void Pass(EventPosition done)
    {
        if (_partitions.TryGetValue((done.Hub, done.Partition), out var state))
        {
            state.Pass(done);
        }
    }

    /// <summary>The last event of a partition.</summary>
    public void SetLast(string hub, string partition, long sequenceNumber)
    {
        if (_partitions.TryGetValue((hub, partition), out var state))
        {
            state.SetLast(sequenceNumber);
        }
    }

    private void Count(EventPosition at, string outcome, int count)
    {
        if (count > 0)
        {
            _outcomes.Add(count, [.. Tags(at.Hub, at.Partition), new("outcome", outcome)]);
        }
    }

    private IEnumerable<Measurement<T>> Observe<T>(Func<PartitionState, T> of)
        where T : struct => _partitions.Select(pair => new Measurement<T>(of(pair.Value), Tags(pair.Key.Hub, pair.Key.Partition)));

    private static KeyValuePair<string, object?>[] Tags(string hub, string partition) => [new("hub", hub), new("partition", partition)];

    /// <summary>How far a partition is read. The values are set by one reader and read by the exporter.</summary>
    private sealed class PartitionState
    {
        private const long Unknown = -1;

        private long _done = Unknown;
        private long _last = Unknown;
        private long _oldestTicks;

        public DateTimeOffset Oldest
        {
            set => Volatile.Write(ref _oldestTicks, value.UtcTicks);
        }

        /// <summary>0 until an event has come: how far an idle partition was read before, is not known here.</summary>
        public long Lag => Volatile.Read(ref _done) is var done && done == Unknown ? 0 : Math.Max(0, Volatile.Read(ref _last) - done);

        public void Begin(EventPosition first)
        {
            Oldest = first.EnqueuedTime;
            Interlocked.CompareExchange(ref _done, first.SequenceNumber - 1, Unknown);
        }

        public void Pass(EventPosition done)
        {
            Volatile.Write(ref _done, done.SequenceNumber);
            SetLast(Math.Max(done.SequenceNumber, Volatile.Read(ref _last)));
            Oldest = done.EnqueuedTime; // what follows is not older
        }

        public void SetLast(long sequenceNumber) => Volatile.Write(ref _last, sequenceNumber);

        public double AgeAt(DateTimeOffset now)
        {
            var oldest = Volatile.Read(ref _oldestTicks);
            return Lag == 0 || oldest == 0 ? 0 : Math.Max(0, (now.UtcTicks - oldest) / (double)TimeSpan.TicksPerSecond);
        }
    }
}
