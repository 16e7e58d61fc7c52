using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Gives new tasks their ids and makes them durable, many in one transaction. A process fills one lane for a while, so
/// that tasks of one time also share transactions when they end, and then the next, so that writes spread over all
/// partitions.
/// </summary>
internal sealed class TaskInserts
{
    // All new tasks may share a transaction: which partition it goes to is decided when it is filled.
    private const string NewTasks = "";

    // A partition takes 2,000 rows/s (Azure's published target); this is a fraction of what it takes in a second.
    private const int RowsPerLane = 256;

    // From lane to lane. Odd, so that all have their turn; and large, since neighbours are looked after by the same silo:
    // what was accepted at one time is to be shared out when a silo is lost.
    private const int Stride = 27;

    private const int MaxAttempts = 5;

    // Attempts with new ids in the lane where some were taken, before the lane is left to whoever took them.
    private const int AttemptsInLane = 2;

    // One transaction at a time makes the largest lots. Measured (docs/storage.md): two or four take fewer tasks per
    // second on Azurite, and on Azure one of 100 rows per round trip is more than a partition may take anyway.
    private const int Writers = 1;

    private readonly Table _open;
    private readonly TaskIdSource _ids;
    private readonly IdGenerator _nonces;
    private readonly GroupCommit<PackedTask, SyncTask> _lots;
    private int _lane;
    private int _rowsInLane = RowsPerLane;

    public TaskInserts(Table open, TimeSpan callTimeout, TimeProvider time, Random random, IdGenerator nonces)
    {
        _nonces = nonces;
        _open = open;
        _ids = new TaskIdSource(time, random);
        _lane = random.Next(TaskId.Lanes);
        _lots = new GroupCommit<PackedTask, SyncTask>(
            GroupCommitLimits.ForTasks(callTimeout) with { Writers = Writers },
            InsertAsync,
            time);
    }

    /// <summary>Inserts the task; returns it with its id.</summary>
    public Task<SyncTask> InsertAsync(PackedTask task, CancellationToken cancellation) =>
        _lots.WriteAsync(NewTasks, task, rows: 1, TransactionLimits.WireBytes(task.Bytes), cancellation);

    private async Task InsertAsync(IReadOnlyList<GroupCommit<PackedTask, SyncTask>.Entry> entries)
    {
        var lane = LaneFor(entries.Count);
        var left = entries.Select(entry => new NewRow(entry, _ids.Next(lane), Nonce: _nonces.NewId().ToString("N"))).ToList();
        for (var attempt = 1; left.Count > 0; attempt++)
        {
            if (await TryInsertAsync(left))
            {
                left.ForEach(row => row.Complete());
                return;
            }

            if (attempt == MaxAttempts)
            {
                throw new SyncException(SyncErrorCode.Unavailable, $"no free task id was found in {MaxAttempts} attempts");
            }

            left = await SettleAsync(left, lane);
            if (attempt >= AttemptsInLane)
            {
                // Another process fills this lane too, and is ahead: what it takes next would be ours again.
                _rowsInLane = RowsPerLane;
                lane = LaneFor(left.Count);
                left = [.. left.Select(row => row with { Id = _ids.Next(lane) })];
            }
        }
    }

    // Called by the one writer alone.
    private int LaneFor(int rows)
    {
        if (_rowsInLane >= RowsPerLane)
        {
            (_lane, _rowsInLane) = ((_lane + Stride) % TaskId.Lanes, 0);
        }

        _rowsInLane += rows;
        return _lane;
    }

    /// <summary>False when a row of that key stands already; then nothing was written.</summary>
    private async Task<bool> TryInsertAsync(List<NewRow> rows)
    {
        try
        {
            if (rows is [var single])
            {
                await _open.InsertAsync(single.ToEntity(), CancellationToken.None);
            }
            else
            {
                await _open.TransactAsync(
                    rows.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row.ToEntity())),
                    CancellationToken.None);
            }

            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    /// <summary>
    /// A key was taken: by ourselves, when an answer got lost and the SDK sent the insert again, or by another process.
    /// Our nonce tells which. Ours are done, taken ones get a new id, the others are free still.
    /// </summary>
    private async Task<List<NewRow>> SettleAsync(List<NewRow> rows, int lane)
    {
        var partition = OpenTasks.PartitionOf(lane);
        var (first, last) = (TableKey.Number(rows.Min(row => row.Id.Value)), TableKey.Number(rows.Max(row => row.Id.Value)));
        var range = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {first} and RowKey le {last}");
        var standing = new Dictionary<string, string?>(StringComparer.Ordinal);
        await foreach (var row in _open.QueryAsync(range, pageSize: 1000, ["RowKey", NewRow.NonceColumn], CancellationToken.None))
        {
            standing[row.RowKey] = row.GetString(NewRow.NonceColumn);
        }

        var left = new List<NewRow>();
        foreach (var row in rows)
        {
            if (!standing.TryGetValue(TableKey.Number(row.Id.Value), out var nonce))
            {
                left.Add(row);
            }
            else if (nonce == row.Nonce)
            {
                row.Complete();
            }
            else
            {
                left.Add(row with { Id = _ids.Next(lane) });
            }
        }

        return left;
    }

    private sealed record NewRow(GroupCommit<PackedTask, SyncTask>.Entry Entry, TaskId Id, string Nonce)
    {
        public const string NonceColumn = "Nonce";

        public TableEntity ToEntity()
        {
            var entity = new TableEntity(OpenTasks.PartitionOf(Id.Lane), TableKey.Number(Id.Value)) { [NonceColumn] = Nonce };
            TaskRow.Write(entity, Entry.Item);
            entity[TaskRow.Share] = TaskShare.Of(Entry.Item.Task.Request);
            return entity;
        }

        public void Complete() => Entry.Complete(Entry.Item.Task with { Id = Id });
    }
}
