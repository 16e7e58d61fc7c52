using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The finished tasks. Each has two rows, written in one transaction: the task, and a short row under its status. So a page of
/// the newest tasks, also of one status, reads the first rows of a few ranges. Tasks that end together share a transaction.
/// </summary>
internal sealed class FinishedTasks
{
    public const string All = "ALL";

    private readonly Table _table;
    private readonly GroupCommit<FinalRows, SyncTask?> _commit;

    public FinishedTasks(Table table, TimeSpan callTimeout, TimeProvider time)
    {
        _table = table;
        _commit = new(GroupCommitLimits.ForTasks(callTimeout), AddAsync, time);
    }

    public static string RowOf(string list, TaskId id) => $"{list}-{TableKey.NewestFirst(id.Value)}";

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) =>
        await _table.ReadAsync(TaskPartition.Of(id), RowOf(All, id), cancellation) is { } row ? TaskRow.Read(id, row) : null;

    /// <summary>
    /// Writes the final state. The first one written is never replaced; returns the stored one.
    /// </summary>
    public async Task<SyncTask> AddAsync(SyncTask task, CancellationToken cancellation)
    {
        var rows = FinalRows.Of(task);
        return await _commit.WriteAsync(TaskPartition.Of(task.Id), rows, FinalRows.Count, rows.WireBytes, cancellation)
            ?? await FindAsync(task.Id, cancellation)
            ?? task; // retention deleted it meanwhile
    }

    private async Task AddAsync(IReadOnlyList<GroupCommit<FinalRows, SyncTask?>.Entry> batch)
    {
        // A transaction may not have the same task twice; the second caller gets what the first one wrote.
        var firsts = batch.DistinctBy(entry => entry.Item.Task.Id).ToList();
        if (await TryAddAsync(firsts))
        {
            firsts.ForEach(entry => entry.Complete(entry.Item.Task));
        }
        else
        {
            await AddFreeAsync(firsts);
        }

        foreach (var entry in batch)
        {
            entry.Complete(null); // no effect on completed entries
        }
    }

    /// <summary>Adds the tasks that are not stored yet. Others were, by a write whose answer was lost or by an owner that died.</summary>
    private async Task AddFreeAsync(List<GroupCommit<FinalRows, SyncTask?>.Entry> entries)
    {
        foreach (var entry in entries)
        {
            // Singly, so that each answer is about one task. This is rare.
            entry.Complete(await TryAddAsync([entry]) ? entry.Item.Task : null);
        }
    }

    private async Task<bool> TryAddAsync(IEnumerable<GroupCommit<FinalRows, SyncTask?>.Entry> entries)
    {
        try
        {
            await _table.TransactAsync(
                entries.SelectMany(entry => entry.Item.ToEntities())
                    .Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)),
                CancellationToken.None);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }
}

/// <summary>The rows of a finished task.</summary>
internal sealed record FinalRows(SyncTask Task, PackedTask Packed)
{
    public const int Count = 2;

    public int WireBytes => TransactionLimits.WireBytes(Packed.Bytes) + TransactionLimits.WireBytes(0);

    public static FinalRows Of(SyncTask task) => new(task, TaskRow.Pack(task));

    public IEnumerable<TableEntity> ToEntities()
    {
        var partition = TaskPartition.Of(Task.Id);
        var whole = new TableEntity(partition, FinishedTasks.RowOf(FinishedTasks.All, Task.Id));
        TaskRow.Write(whole, Packed);
        yield return whole;

        var listed = new TableEntity(partition, FinishedTasks.RowOf(WireNames.Of(Task.Status), Task.Id));
        TaskRow.WritePlain(listed, Task);
        yield return listed;
    }
}
