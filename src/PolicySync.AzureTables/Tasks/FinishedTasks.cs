using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The finished tasks (<see cref="FinishedTaskRows"/>). The rows of a task are written in one transaction, so that a page of the
/// newest tasks of any list reads the first rows of a few ranges. Tasks that end together share a transaction.
/// </summary>
internal sealed class FinishedTasks
{
    private readonly Table _table;
    private readonly GroupCommit<FinishedTaskRows, SyncTask?> _commit;

    public FinishedTasks(Table table, TimeSpan callTimeout, TimeProvider time)
    {
        _table = table;
        _commit = new(GroupCommitLimits.ForTasks(callTimeout), AddAsync, time);
    }

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) =>
        await _table.ReadAsync(TaskPartition.Of(id), KeyOf(id), cancellation) is { } row ? TaskRow.Read(id, row) : null;

    /// <summary>Notes the task that repeats what failed. The state of a finished task stays as it is.</summary>
    public async Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation)
    {
        try
        {
            await _table.UpdateAsync(TaskRow.RetryLink(TaskPartition.Of(id), KeyOf(id), retry), ETag.All, TableUpdateMode.Merge, cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // retention deleted it meanwhile
        }
    }

    /// <summary>
    /// Writes the final state. The first one written is never replaced; returns the stored one.
    /// </summary>
    public async Task<SyncTask> AddAsync(SyncTask task, CancellationToken cancellation)
    {
        var rows = FinishedTaskRows.Of(task);
        await AddToListsAsync(rows, cancellation);
        return await _commit.WriteAsync(TaskPartition.Of(task.Id), rows, rows.Count, rows.WireBytes, cancellation)
            ?? await FindAsync(task.Id, cancellation)
            ?? task; // retention deleted it meanwhile
    }

    // Replaced when the task is finished again: an owner that died may have written some.
    private async Task AddToListsAsync(FinishedTaskRows rows, CancellationToken cancellation)
    {
        foreach (var (batch, _) in TransactionLimits.Batches(rows.Before.Select(list => (rows.ToListed(list), TransactionLimits.WireBytes(0)))))
        {
            await _table.TransactAsync(batch.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), cancellation);
        }
    }

    private async Task AddAsync(IReadOnlyList<GroupCommit<FinishedTaskRows, SyncTask?>.Entry> batch)
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
    private async Task AddFreeAsync(List<GroupCommit<FinishedTaskRows, SyncTask?>.Entry> entries)
    {
        foreach (var entry in entries)
        {
            // Singly, so that each answer is about one task. This is rare.
            entry.Complete(await TryAddAsync([entry]) ? entry.Item.Task : null);
        }
    }

    private async Task<bool> TryAddAsync(IEnumerable<GroupCommit<FinishedTaskRows, SyncTask?>.Entry> entries)
    {
        try
        {
            await _table.TransactAsync(
                entries.SelectMany(entry => entry.Item.Together.Select(entry.Item.ToListed).Prepend(entry.Item.ToTask()))
                    .Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)),
                CancellationToken.None);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    private static string KeyOf(TaskId id) => FinishedTaskRows.KeyOf(FinishedTaskRows.All, id);
}
