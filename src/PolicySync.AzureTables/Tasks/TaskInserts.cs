using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Assigns ids to new tasks and inserts them, many in one transaction. A process fills one lane for a while, so that tasks of
/// the same time also share transactions when they end; then it takes another lane, so that writes spread over all partitions.
/// </summary>
internal sealed class TaskInserts
{
    // All new tasks may share a transaction: the lane is chosen when the batch is written.
    private const string NewTasks = "";

    // A partition takes 2,000 rows/s (Azure's published target); this is a fraction of what it takes in a second.
    private const int RowsPerLane = 256;

    // The distance to the next lane. Odd, so that every lane is used. Large, because one silo looks after neighbouring lanes:
    // when it is lost, tasks of the same time are spread over the others.
    private const int Stride = 27;

    private const int MaxAttempts = 5;

    // Attempts with new ids in a lane where another process took some, before this process leaves the lane.
    private const int AttemptsInLane = 2;

    // One transaction at a time makes the largest batches. Measured (docs/storage.md): with two or four, Azurite accepts fewer
    // tasks per second; on Azure, 100 rows per round trip already exceed the target of a partition.
    private const int Writers = 1;

    private readonly Table _open;
    private readonly TaskIdSource _ids;
    private readonly IdGenerator _nonces;
    private readonly GroupCommit<PackedTask, SyncTask> _commit;
    private int _lane;
    private int _rowsInLane = RowsPerLane;

    public TaskInserts(Table open, TimeSpan callTimeout, TimeProvider time, Random random, IdGenerator nonces)
    {
        _nonces = nonces;
        _open = open;
        _ids = new TaskIdSource(time, random);
        _lane = random.Next(TaskId.Lanes);
        _commit = new GroupCommit<PackedTask, SyncTask>(
            GroupCommitLimits.ForTasks(callTimeout) with { Writers = Writers },
            InsertAsync,
            time);
    }

    /// <summary>Inserts the task and returns it with its id.</summary>
    public Task<SyncTask> InsertAsync(PackedTask task, CancellationToken cancellation) =>
        _commit.WriteAsync(NewTasks, task, rows: 1, TransactionLimits.WireBytes(task.Bytes), cancellation);

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
                throw new SyncException(SyncErrorCode.Unavailable, $"found no free task id in {MaxAttempts} attempts");
            }

            left = await ResolveTakenAsync(left, lane);
            if (attempt >= AttemptsInLane)
            {
                // Another process fills this lane too and is ahead: the next ids would collide again.
                _rowsInLane = RowsPerLane;
                lane = LaneFor(left.Count);
                left = [.. left.Select(row => row with { Id = _ids.Next(lane) })];
            }
        }
    }

    // Only the one writer calls this.
    private int LaneFor(int rows)
    {
        if (_rowsInLane >= RowsPerLane)
        {
            (_lane, _rowsInLane) = ((_lane + Stride) % TaskId.Lanes, 0);
        }

        _rowsInLane += rows;
        return _lane;
    }

    /// <summary>Inserts all rows. False when a key is taken; then none was inserted.</summary>
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
    /// Completes rows that are already stored, and returns the others. A key is taken by this process when an answer was lost
    /// and the insert was sent again, or by another process: the nonce tells which. Rows of taken keys get a new id.
    /// </summary>
    private async Task<List<NewRow>> ResolveTakenAsync(List<NewRow> rows, int lane)
    {
        var partition = OpenTasks.PartitionOf(lane);
        var (first, last) = (TableKey.Number(rows.Min(row => row.Id.Value)), TableKey.Number(rows.Max(row => row.Id.Value)));
        var range = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {first} and RowKey le {last}");
        var existing = new Dictionary<string, string?>(StringComparer.Ordinal);
        await foreach (var row in _open.QueryAsync(range, pageSize: 1000, ["RowKey", TaskRow.Nonce], CancellationToken.None))
        {
            existing[row.RowKey] = row.GetString(TaskRow.Nonce);
        }

        var left = new List<NewRow>();
        foreach (var row in rows)
        {
            if (!existing.TryGetValue(TableKey.Number(row.Id.Value), out var nonce))
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
        public TableEntity ToEntity()
        {
            var entity = new TableEntity(OpenTasks.PartitionOf(Id.Lane), TableKey.Number(Id.Value)) { [TaskRow.Nonce] = Nonce };
            TaskRow.Write(entity, Entry.Item);
            entity[TaskRow.Share] = TaskShare.Of(Entry.Item.Task.Request);
            return entity;
        }

        public void Complete() => Entry.Complete(Entry.Item.Task with { Id = Id });
    }
}
