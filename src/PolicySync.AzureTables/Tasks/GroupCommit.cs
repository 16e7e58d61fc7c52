using PolicySync.AzureTables.Tables;
using PolicySync.Core.Errors;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Lets concurrent writes share a transaction. No write waits for others: one that finds an idle writer is written at once.
/// While all writers are busy, writes queue, and the next free writer takes as many of one partition as fit. A partition has
/// one writer at a time, and partitions take turns.
/// </summary>
/// <param name="limits">Limits of a transaction and of the queue.</param>
/// <param name="commit">Writes a batch and completes each of its entries. When it throws, the incomplete ones fail with its exception.</param>
/// <param name="time">The clock for the timeout.</param>
internal sealed class GroupCommit<TItem, TResult>(
    GroupCommitLimits limits, Func<IReadOnlyList<GroupCommit<TItem, TResult>.Entry>, Task> commit, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Partition> _partitions = new(StringComparer.Ordinal);
    private readonly Queue<Partition> _ready = new();
    private long _waitingBytes;
    private int _busyWriters;

    /// <summary>Writes <paramref name="item"/> and returns its result.</summary>
    /// <param name="partition">Items of one transaction have the same partition.</param>
    /// <param name="item">What to write.</param>
    /// <param name="rows">Number of its rows; at most those of a transaction.</param>
    /// <param name="bytes">Its approximate size on the wire.</param>
    /// <param name="cancellation">Stops waiting; a write that has started continues.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/>: the queue is full, or the write timed out. After a timeout the item may still
    /// be written.
    /// </exception>
    public async Task<TResult> WriteAsync(string partition, TItem item, int rows, int bytes, CancellationToken cancellation)
    {
        var entry = new Entry(item, rows, bytes);
        Enqueue(partition, entry);
        try
        {
            return await entry.Written.WaitAsync(limits.Timeout, time, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new SyncException(
                SyncErrorCode.Unavailable, $"storage did not accept the write within {limits.Timeout.TotalSeconds:0.#} s", e)
            {
                OutcomeUnknown = true,
            };
        }
        finally
        {
            entry.Abandon(); // an entry that is still queued is dropped: its caller has left
        }
    }

    private void Enqueue(string key, Entry entry)
    {
        lock (_gate)
        {
            if (_waitingBytes + entry.Bytes > limits.MaxWaitingBytes)
            {
                throw new SyncException(SyncErrorCode.Unavailable, "too many writes are queued for storage")
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
                return; // a busy writer will take it
            }

            _busyWriters++;
        }

        _ = Task.Run(WriteBatchesAsync, CancellationToken.None);
    }

    private async Task WriteBatchesAsync()
    {
        Partition? partition = null;
        while (TakeBatch(ref partition) is { } batch)
        {
            try
            {
                if (batch.Count > 0)
                {
                    await commit(batch);
                }
            }
            catch (Exception e)
            {
                // The callers of the batch get the exception; the writer continues with the next batch.
                foreach (var entry in batch)
                {
                    entry.Fail(e);
                }
            }
        }
    }

    // Returns the last partition to the queue and takes a batch of the next one. Null means that nothing is queued: the
    // writer becomes idle under the same lock, so a later entry starts a new writer.
    private List<Entry>? TakeBatch(ref Partition? partition)
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

            return TakeBatch(partition.Waiting);
        }
    }

    private List<Entry> TakeBatch(Queue<Entry> waiting)
    {
        var batch = new List<Entry>();
        var (rows, bytes) = (0, 0);
        while (waiting.TryPeek(out var next))
        {
            if (!next.IsAbandoned)
            {
                if (batch.Count > 0 && (rows + next.Rows > limits.MaxRows || bytes + next.Bytes > limits.MaxBytes))
                {
                    break;
                }

                batch.Add(next);
                rows += next.Rows;
                bytes += next.Bytes;
            }

            waiting.Dequeue();
            _waitingBytes -= next.Bytes;
        }

        return batch;
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

/// <summary>Limits of a <see cref="GroupCommit{TItem,TResult}"/>.</summary>
/// <param name="Writers">Transactions in flight. Fewer make larger batches; more make shorter waits.</param>
/// <param name="MaxRows">Most rows of a batch.</param>
/// <param name="MaxBytes">Most bytes of a batch; a single item may be larger.</param>
/// <param name="MaxWaitingBytes">Most bytes that may be queued; beyond that, writes are refused at once.</param>
/// <param name="Timeout">Longest duration of a write, queueing included.</param>
internal sealed record GroupCommitLimits(int Writers, int MaxRows, int MaxBytes, long MaxWaitingBytes, TimeSpan Timeout)
{
    /// <summary>Most bytes queued in one process for one table: about 20,000 small rows.</summary>
    public const long DefaultWaitingBytes = 64L * 1024 * 1024;

    private const int DefaultWriters = 4;

    /// <summary>The limits for the writes of tasks.</summary>
    /// <param name="callTimeout">Longest duration of a call to the storage.</param>
    public static GroupCommitLimits ForTasks(TimeSpan callTimeout) => new(
        DefaultWriters, TransactionLimits.MaxRows, TransactionLimits.MaxWireBytes, DefaultWaitingBytes, callTimeout + TimeSpan.FromSeconds(1));
}
