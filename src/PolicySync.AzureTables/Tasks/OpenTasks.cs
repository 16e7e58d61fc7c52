using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>The tasks that have not ended, and nothing else: finding them after a crash reads few rows.</summary>
internal sealed class OpenTasks(Table table)
{
    /// <summary>Two digits.</summary>
    public static string PartitionOf(int lane) => lane.ToString("D2", CultureInfo.InvariantCulture);

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) =>
        await table.ReadAsync(PartitionOf(id.Lane), TableKey.Number(id.Value), cancellation) is { } row
            ? TaskRow.Read(id, row)
            : null;

    public async Task SaveAsync(SyncTask task, CancellationToken cancellation)
    {
        var row = new TableEntity(PartitionOf(task.Id.Lane), TableKey.Number(task.Id.Value));
        TaskRow.WriteState(row, task, TaskRow.PackState(task));
        try
        {
            // A merge keeps the request and the nonce. One owner writes, so whatever stands there is its own.
            await table.UpdateAsync(row, ETag.All, TableUpdateMode.Merge, cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new SyncException(SyncErrorCode.StorageConflict, $"task `{task.Id}` is no longer open", e);
        }
    }

    public Task RemoveAsync(TaskId id, CancellationToken cancellation) =>
        table.DeleteAsync(PartitionOf(id.Lane), TableKey.Number(id.Value), ETag.All, cancellation);

    public async IAsyncEnumerable<TaskId> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // No filter: the table holds open tasks only, and one query costs less than one for each of 64 lanes.
        await foreach (var row in table.QueryAsync(filter: null, pageSize: 1000, ["RowKey"], cancellation))
        {
            yield return new TaskId(long.Parse(row.RowKey, NumberStyles.None, CultureInfo.InvariantCulture));
        }
    }
}
