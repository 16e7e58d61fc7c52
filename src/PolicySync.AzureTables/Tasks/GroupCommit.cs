using PolicySync.AzureTables.Tables;
using PolicySync.Core.Errors;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Lets writes that come at the same time share a transaction, without making any wait for company: a write that finds
/// a writer idle goes at once; while all writers are busy, writes gather, and the next free writer takes as many of one
/// partition as fit. A partition has one writer at a time; partitions take turns.
/// </summary>
/// <param name="limits">Bounds of a transaction and of what may wait.</param>
/// <param name="commit">Writes a lot and completes each of its entries. What it leaves open fails with what it throws.</param>
/// <param name="time">The clock of the patience.</param>
internal sealed class GroupCommit<TItem, TResult>(
    GroupCommitLimits limits, Func<IReadOnlyList<GroupCommit<TItem, TResult>.Entry>, Task> commit, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Partition> _partitions = new(StringComparer.Ordinal);
    private readonly Queue<Partition> _ready = new();
    private long _waitingBytes;
    private int _busyWriters;

    /// <summary>Writes <paramref name="item"/> and returns what came of it.</summary>
    /// <param name="partition">Items of one transaction have the same.</param>
    /// <param name="item">What to write.</param>
    /// <param name="rows">How many rows it takes; not more than a transaction may have.</param>
    /// <param name="bytes">About how long it is on the wire.</param>
    /// <param name="cancellation">Stops waiting; what is under way is written all the same.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/>: too much waits already, or the time is over. In the second case the item
    /// may be written all the same.
    /// </exception>
    public async Task<TResult> WriteAsync(string partition, TItem item, int rows, int bytes, CancellationToken cancellation)
    {
        var entry = new Entry(item, rows, bytes);
        Enqueue(partition, entry);
        try
        {
            return await entry.Written.WaitAsync(limits.Patience, time, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new SyncException(
                SyncErrorCode.Unavailable, $"storage did not take the write within {limits.Patience.TotalSeconds:0.#} s", e)
            {
                OutcomeUnknown = true,
            };
        }
        finally
        {
            entry.Abandon(); // one that still waits need not be written for nobody
        }
    }

    private void Enqueue(string key, Entry entry)
    {
        lock (_gate)
        {
            if (_waitingBytes + entry.Bytes > limits.MaxWaitingBytes)
            {
                throw new SyncException(SyncErrorCode.Unavailable, "too many writes wait for storage")
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                };
            }

            if (!_partitions.TryGetValue(key, out var partition))
            {
                _partitions.Add(key, partition = new Partition(key));
                _ready.Enqueue(partition);
            }

            partition.Waiting.Enqueue(entry);
            _waitingBytes += entry.Bytes;
            if (_busyWriters == limits.Writers || _ready.Count == 0)
            {
                return; // a writer comes to it, or is at work on its partition
            }

            _busyWriters++;
        }

        _ = Task.Run(WriteLotsAsync, CancellationToken.None);
    }

    private async Task WriteLotsAsync()
    {
        Partition? partition = null;
        while (TakeLot(ref partition) is { } lot)
        {
            try
            {
                if (lot.Count > 0)
                {
                    await commit(lot);
                }
            }
            catch (Exception e)
            {
                // Whoever waits for an entry gets the fault; the writer goes on with the next lot.
                foreach (var entry in lot)
                {
                    entry.Fail(e);
                }
            }
        }
    }

    // Gives the last partition back and takes the next. Taking nothing and becoming idle are one step: an entry that
    // comes later finds a writer to start. Null ends the writer.
    private List<Entry>? TakeLot(ref Partition? partition)
    {
        lock (_gate)
        {
            if (partition is { Waiting.Count: > 0 })
            {
                _ready.Enqueue(partition);
            }
            else if (partition is not null)
            {
                _partitions.Remove(partition.Key);
            }

            if (!_ready.TryDequeue(out partition))
            {
                _busyWriters--;
                return null;
            }

            return TakeLot(partition.Waiting);
        }
    }

    private List<Entry> TakeLot(Queue<Entry> waiting)
    {
        var lot = new List<Entry>();
        var (rows, bytes) = (0, 0);
        while (waiting.TryPeek(out var next))
        {
            if (!next.IsAbandoned)
            {
                if (lot.Count > 0 && (rows + next.Rows > limits.MaxRows || bytes + next.Bytes > limits.MaxBytes))
                {
                    break;
                }

                lot.Add(next);
                rows += next.Rows;
                bytes += next.Bytes;
            }

            waiting.Dequeue();
            _waitingBytes -= next.Bytes;
        }

        return lot;
    }

    private sealed record Partition(string Key)
    {
        public Queue<Entry> Waiting { get; } = new();
    }

    internal sealed class Entry(TItem item, int rows, int bytes)
    {
        private readonly TaskCompletionSource<TResult> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TItem Item => item;

        public int Rows => rows;

        public int Bytes => bytes;

        public Task<TResult> Written => _written.Task;

        public bool IsAbandoned => _written.Task.IsCompleted;

        public void Complete(TResult result) => _written.TrySetResult(result);

        public void Fail(Exception fault) => _written.TrySetException(fault);

        public void Abandon() => _written.TrySetCanceled();
    }
}

/// <summary>Bounds of a <see cref="GroupCommit{TItem,TResult}"/>.</summary>
/// <param name="Writers">Transactions in flight at once. Fewer make larger lots, more make shorter waits.</param>
/// <param name="MaxRows">Rows of one lot.</param>
/// <param name="MaxBytes">Bytes of one lot; a single item may be larger.</param>
/// <param name="MaxWaitingBytes">Bytes that may wait; beyond it a write is refused at once.</param>
/// <param name="Patience">How long a write may take in all.</param>
internal sealed record GroupCommitLimits(int Writers, int MaxRows, int MaxBytes, long MaxWaitingBytes, TimeSpan Patience)
{
    /// <summary>What may wait in one process for one table: some 20,000 small rows.</summary>
    public const long UsualWaitingBytes = 64L * 1024 * 1024;

    private const int UsualWriters = 4;

    /// <summary>The limits for what tasks write while they run and when they end.</summary>
    /// <param name="callTimeout">Longest time a call to the storage takes.</param>
    public static GroupCommitLimits ForTasks(TimeSpan callTimeout) => new(
        UsualWriters, TransactionLimits.MaxRows, TransactionLimits.MaxWireBytes, UsualWaitingBytes, callTimeout + TimeSpan.FromSeconds(1));
}
