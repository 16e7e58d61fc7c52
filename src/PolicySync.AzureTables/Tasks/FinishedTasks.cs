using System.Globalization;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The tasks that have ended. A partition is a day and a shard of its lanes; each task has two rows there, written in
/// one transaction: the task, and a short one under its status. So a page of the newest tasks, also of one status, reads
/// the head of a few row ranges, and what is too old is whole partitions.
/// </summary>
internal sealed class FinishedTasks(Table table)
{
    /// <summary>Partitions per day; part of the stored layout. Each takes 2,000 rows/s (Azure's published target).</summary>
    public const int ShardsPerDay = 8;

    private const string All = "ALL";

    public static string PartitionOf(TaskId id) => string.Create(
        CultureInfo.InvariantCulture, $"{id.Time.UtcDateTime:yyyyMMdd}-{id.Lane % ShardsPerDay}");

    public static string RowOf(string list, TaskId id) => $"{list}-{TableKey.NewestFirst(id.Value)}";

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) =>
        await table.ReadAsync(PartitionOf(id), RowOf(All, id), cancellation) is { } row ? TaskRow.Read(id, row) : null;

    /// <summary>Writes the final state. The first one written stands for ever; repeating changes nothing.</summary>
    public async Task AddAsync(SyncTask task, CancellationToken cancellation)
    {
        var partition = PartitionOf(task.Id);
        var whole = new TableEntity(partition, RowOf(All, task.Id));
        TaskRow.Write(whole, TaskRow.Pack(task));
        var listed = new TableEntity(partition, RowOf(WireNames.Of(task.Status), task.Id));
        TaskRow.WritePlain(listed, task);
        try
        {
            await table.TransactAsync(
                [
                    new TableTransactionAction(TableTransactionActionType.Add, whole),
                    new TableTransactionAction(TableTransactionActionType.Add, listed),
                ],
                cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // It ended before: by us, with the answer lost, or by an owner that died before it took the open row away.
        }
    }
}
