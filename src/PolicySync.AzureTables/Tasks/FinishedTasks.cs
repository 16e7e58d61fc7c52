using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The tasks that have ended. Each has two rows, written in one transaction: the task, and a short one under its status.
/// So a page of the newest tasks, also of one status, reads the head of a few row ranges. Tasks that end together share
/// a transaction.
/// </summary>
internal sealed class FinishedTasks
{
    public const string All = "ALL";

    private readonly Table _table;
    private readonly GroupCommit<FinalRows, SyncTask?> _lots;

    public FinishedTasks(Table table, TimeSpan callTimeout, TimeProvider time)
    {
        _table = table;
        _lots = new(GroupCommitLimits.ForTasks(callTimeout), AddAsync, time);
    }

    public static string RowOf(string list, TaskId id) => $"{list}-{TableKey.NewestFirst(id.Value)}";

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) =>
        await _table.ReadAsync(TaskPartition.Of(id), RowOf(All, id), cancellation) is { } row ? TaskRow.Read(id, row) : null;

    /// <summary>
    /// Writes the final state. The first one written stands for ever; returns the one that stands.
    /// </summary>
    public async Task<SyncTask> AddAsync(SyncTask task, CancellationToken cancellation)
    {
        var rows = FinalRows.Of(task);
        return await _lots.WriteAsync(TaskPartition.Of(task.Id), rows, FinalRows.Count, rows.WireBytes, cancellation)
            ?? await FindAsync(task.Id, cancellation)
            ?? task; // taken away meanwhile, as its time was over
    }

    private async Task AddAsync(IReadOnlyList<GroupCommit<FinalRows, SyncTask?>.Entry> lot)
    {
        // The same task twice in one transaction would be refused; who comes second is told what the first one wrote.
        var firsts = lot.DistinctBy(entry => entry.Item.Task.Id).ToList();
        if (await TryAddAsync(firsts))
        {
            firsts.ForEach(entry => entry.Complete(entry.Item.Task));
        }
        else
        {
            await AddFreeAsync(firsts);
        }

        foreach (var entry in lot)
        {
            entry.Complete(null); // where it is not complete yet
        }
    }

    /// <summary>Some ended before: by us, with the answer lost, or by an owner that died. Adds the others.</summary>
    private async Task AddFreeAsync(List<GroupCommit<FinalRows, SyncTask?>.Entry> entries)
    {
        foreach (var entry in entries)
        {
            // One by one: rare, and each answer tells for its own task.
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

/// <summary>What is written of a task that ended.</summary>
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
