using PolicySync.Core.Errors;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Lets writes that come at the same time share a transaction, without making any wait for company: a write that finds
/// a writer idle goes at once; while all writers are busy, writes gather, and the next free writer takes as many as fit.
/// </summary>
/// <param name="limits">Bounds of a transaction and of what may wait.</param>
/// <param name="commit">Writes a lot and completes each of its entries. What it leaves open fails with what it throws.</param>
/// <param name="time">The clock of the patience.</param>
internal sealed class GroupCommit<TItem, TResult>(
    GroupCommitLimits limits, Func<IReadOnlyList<GroupCommit<TItem, TResult>.Entry>, Task> commit, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<Entry> _waiting = new();
    private long _waitingBytes;
    private int _busyWriters;

    /// <summary>Writes <paramref name="item"/> and returns what came of it.</summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/>: too much waits already, or the time is over. In the second case the item
    /// may be written all the same.
    /// </exception>
    public async Task<TResult> WriteAsync(TItem item, int bytes, CancellationToken cancellation)
    {
        var entry = new Entry(item, bytes);
        Enqueue(entry);
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

    private void Enqueue(Entry entry)
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

            _waiting.Enqueue(entry);
            _waitingBytes += entry.Bytes;
            if (_busyWriters == limits.Writers)
            {
                return;
            }

            _busyWriters++;
        }

        _ = Task.Run(WriteLotsAsync, CancellationToken.None);
    }

    private async Task WriteLotsAsync()
    {
        while (TakeLot() is { Count: > 0 } lot)
        {
            try
            {
                await commit(lot);
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

    // Taking nothing and becoming idle are one step: an entry that comes later finds a writer to start.
    private List<Entry> TakeLot()
    {
        var lot = new List<Entry>();
        var bytes = 0;
        lock (_gate)
        {
            while (lot.Count < limits.MaxRows && _waiting.TryPeek(out var next))
            {
                if (!next.IsAbandoned)
                {
                    if (lot.Count > 0 && bytes + next.Bytes > limits.MaxBytes)
                    {
                        break;
                    }

                    lot.Add(next);
                    bytes += next.Bytes;
                }

                _waiting.Dequeue();
                _waitingBytes -= next.Bytes;
            }

            if (lot.Count == 0)
            {
                _busyWriters--;
            }
        }

        return lot;
    }

    internal sealed class Entry(TItem item, int bytes)
    {
        private readonly TaskCompletionSource<TResult> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TItem Item => item;

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
/// <param name="MaxRows">Items of one lot.</param>
/// <param name="MaxBytes">Bytes of one lot; a single item may be larger.</param>
/// <param name="MaxWaitingBytes">Bytes that may wait; beyond it a write is refused at once.</param>
/// <param name="Patience">How long a write may take in all.</param>
internal sealed record GroupCommitLimits(int Writers, int MaxRows, int MaxBytes, long MaxWaitingBytes, TimeSpan Patience);
