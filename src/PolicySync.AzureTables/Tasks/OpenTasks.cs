using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>The tasks that have not ended, and nothing else, so that finding them after a crash reads few rows.</summary>
internal sealed class OpenTasks
{
    private readonly Table _table;
    private readonly GroupCommit<TaskId, bool> _removals;

    public OpenTasks(Table table, TimeSpan callTimeout, TimeProvider time)
    {
        _table = table;
        _removals = new(GroupCommitLimits.ForTasks(callTimeout), RemoveAsync, time);
    }

    /// <summary>The partition of a lane: two digits.</summary>
    public static string PartitionOf(int lane) => lane.ToString("D2", CultureInfo.InvariantCulture);

    /// <summary>Inserts a task that has its id. False when there is one of that id.</summary>
    public async Task<bool> AddAsync(PackedTask task, CancellationToken cancellation)
    {
        var id = task.Task.Id;
        var row = new TableEntity(PartitionOf(id.Lane), TableKey.Number(id.Value))
        {
            [TaskRow.Nonce] = task.Task.Request.Key,
            [TaskRow.Share] = TaskShare.Of(task.Task.Request),
        };
        TaskRow.Write(row, task);
        try
        {
            await _table.InsertAsync(row, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation) is { } row ? TaskRow.Read(id, row) with { Version = row.ETag.ToString() } : null;

    public async Task<bool> ContainsAsync(TaskId id, CancellationToken cancellation) => await ReadAsync(id, cancellation) is not null;

    /// <summary>
    /// Replaces the state of a task whose version is still the one its owner knows. Returns the task with its new version.
    /// </summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.StorageConflict"/>: the task ended, or another owner saved it.</exception>
    public async Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation)
    {
        var state = TaskRow.PackState(task);
        var row = new TableEntity(PartitionOf(task.Id.Lane), TableKey.Number(task.Id.Value));
        TaskRow.WriteState(row, task, state);
        try
        {
            // A merge keeps the request and the nonce.
            var version = task.Version is { } known ? new ETag(known) : await VersionOfAcceptedAsync(task.Id, state, cancellation);
            var answer = await _table.UpdateAsync(row, version, TableUpdateMode.Merge, cancellation);
            return task with { Version = answer.Headers.ETag?.ToString() };
        }
        catch (RequestFailedException e)
        {
            return task with { Version = await FindOwnVersionAsync(task.Id, state, e, cancellation) };
        }
    }

    /// <summary>Deletes the task, if it exists. Concurrent tasks of a lane share a transaction.</summary>
    public Task RemoveAsync(TaskId id, CancellationToken cancellation) =>
        _removals.WriteAsync(PartitionOf(id.Lane), id, rows: 1, TransactionLimits.WireBytes(0), cancellation);

    public async IAsyncEnumerable<OpenTask> ListAsync(LaneRange lanes, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (lanes.Count == 0)
        {
            yield break;
        }

        // One range of keys: the table has open tasks only, and one query is cheaper than one per lane.
        var filter = lanes == LaneRange.All ? null : TableClient.CreateQueryFilter(
            $"PartitionKey ge {PartitionOf(lanes.First)} and PartitionKey le {PartitionOf(lanes.First + lanes.Count - 1)}");
        await foreach (var row in _table.QueryAsync(filter, pageSize: 1000, ["RowKey", TaskRow.Share], cancellation))
        {
            yield return new OpenTask(
                new TaskId(long.Parse(row.RowKey, NumberStyles.None, CultureInfo.InvariantCulture)), row.GetString(TaskRow.Share) ?? TaskShare.Common);
        }
    }

    /// <summary>Reads a slice of the list, by lane: two ranges of keys.</summary>
    public async Task<TaskSlice> ListAsync(TaskId? after, int count, CancellationToken cancellation)
    {
        var found = new List<TaskSummary>();
        foreach (var filter in RangesAfter(after))
        {
            await foreach (var row in _table.QueryAsync(filter, Math.Min(count + 1, 1000), TaskRow.Plain, cancellation))
            {
                if (found.Count == count)
                {
                    return new TaskSlice(found, found[^1].Id);
                }

                found.Add(TaskRow.ReadPlain(new TaskId(long.Parse(row.RowKey, NumberStyles.None, CultureInfo.InvariantCulture)), row));
            }
        }

        return new TaskSlice(found, Next: null);
    }

    private static IEnumerable<string?> RangesAfter(TaskId? after)
    {
        if (after is not { } last)
        {
            return [null];
        }

        var (lane, row) = (PartitionOf(last.Lane), TableKey.Number(last.Value));
        return
        [
            TableClient.CreateQueryFilter($"PartitionKey eq {lane} and RowKey gt {row}"),
            TableClient.CreateQueryFilter($"PartitionKey gt {lane}"),
        ];
    }

    private Task<TableEntity?> ReadAsync(TaskId id, CancellationToken cancellation) =>
        _table.ReadAsync(PartitionOf(id.Lane), TableKey.Number(id.Value), cancellation);

    /// <summary>An owner that got the task when it was accepted has no version; it may save only if no other owner has saved since.</summary>
    private async Task<ETag> VersionOfAcceptedAsync(TaskId id, byte[] state, CancellationToken cancellation)
    {
        var row = await ReadAsync(id, cancellation) ?? throw NoLongerOpen(id, cause: null);
        return TaskRow.IsUnchangedSinceAcceptance(row) || TaskRow.HasState(row, state) ? row.ETag : throw SavedByAnother(id, cause: null);
    }

    /// <summary>The row's version when its state is the one to be written: then only an answer was lost.</summary>
    private async Task<string> FindOwnVersionAsync(TaskId id, byte[] state, RequestFailedException cause, CancellationToken cancellation)
    {
        var row = await ReadAsync(id, cancellation) ?? throw NoLongerOpen(id, cause);
        return TaskRow.HasState(row, state) ? row.ETag.ToString() : throw SavedByAnother(id, cause);
    }

    private async Task RemoveAsync(IReadOnlyList<GroupCommit<TaskId, bool>.Entry> batch)
    {
        var ids = batch.Select(entry => entry.Item).Distinct().ToList();
        if (ids is [var single])
        {
            await _table.DeleteAsync(PartitionOf(single.Lane), TableKey.Number(single.Value), ETag.All, CancellationToken.None);
        }
        else
        {
            await _table.DeleteManyAsync(
                [.. ids.Select(id => new TableEntity(PartitionOf(id.Lane), TableKey.Number(id.Value)) { ETag = ETag.All })],
                CancellationToken.None);
        }

        foreach (var entry in batch)
        {
            entry.Complete(true);
        }
    }

    private static SyncException NoLongerOpen(TaskId id, Exception? cause) =>
        new(SyncErrorCode.StorageConflict, $"task `{id}` is no longer open", cause);

    private static SyncException SavedByAnother(TaskId id, Exception? cause) =>
        new(SyncErrorCode.StorageConflict, $"task `{id}` was saved by another owner", cause);
}
