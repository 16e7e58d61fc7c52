using System.Globalization;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using PolicySync.AzureTables.Suspensions;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Deletes tasks older than <c>Tasks:Retention</c>, and suspensions that ended a day ago, at most <paramref name="maxRows"/> rows per
/// sweep, many in one transaction.
/// Old rows are a range of partitions, so no younger row is read. Several processes may sweep at once.
/// </summary>
internal sealed class TaskRetention(TableStorage storage, IOptions<TasksOptions> options, TimeProvider time, int maxRows = TaskRetention.DefaultMaxRows)
{
    /// <summary>About 50 transactions.</summary>
    public const int DefaultMaxRows = 5_000;

    /// <summary>Suspensions without effect are kept for this long, so that a process whose clock is ahead deletes none that has one.</summary>
    private static readonly TimeSpan SuspensionsKeptFor = TimeSpan.FromDays(1);

    private static readonly string[] Keys = ["PartitionKey", "RowKey"];

    private readonly Table _open = storage.Table(storage.Options.TablePrefix + "OpenTasks");
    private readonly Table _finished = storage.Table(storage.Options.TablePrefix + "FinishedTasks");
    private readonly Table _results = storage.Table(storage.Options.TablePrefix + "TaskResults");
    private readonly Table _suspensions = storage.Table(storage.Options.TablePrefix + AzureTableSuspensions.TableName);
    private readonly Table _candidates = storage.Table(storage.Options.TablePrefix + AzureTableCandidateSets.TableName);
    private readonly Table _keys = storage.Table(storage.Options.TablePrefix + AzureTableTaskKeys.TableName);

    /// <summary>Runs one bounded sweep. True when there is more to delete.</summary>
    public async Task<bool> SweepAsync(CancellationToken cancellation)
    {
        // The last task of a day may run for MaxAge and is kept for Retention after that. A task that took longer, because no
        // silo was running, is recognized by its end time.
        var endedBefore = time.GetUtcNow() - options.Value.Retention;
        var firstKept = TaskPartition.DayOf(DateOnly.FromDateTime((endedBefore - options.Value.MaxAge).UtcDateTime));
        var old = TableClient.CreateQueryFilter($"PartitionKey lt {firstKept}");
        var claimedBefore = time.GetUtcNow() - TaskKey.KeptFor(options.Value);
        var suspensionsEndedBefore = time.GetUtcNow() - SuspensionsKeptFor;
        var left = maxRows - await DeleteAsync(
            _suspensions, TableClient.CreateQueryFilter($"PartitionKey eq {AzureTableSuspensions.Partition} and EndTime lt {suspensionsEndedBefore}"),
            static _ => true, maxRows, cancellation);
        left -= await DeleteAsync(
            _keys, TableClient.CreateQueryFilter($"CreateTime lt {claimedBefore}"), static _ => true, left, cancellation);
        if (left <= 0)
        {
            return true;
        }

        left -= await DeleteAsync(_candidates, TableClient.CreateQueryFilter($"CreateTime lt {endedBefore - options.Value.MaxAge}"), static _ => true, left, cancellation);
        if (left <= 0)
        {
            return true;
        }

        left -= await DeleteAsync(
            _finished, $"{old} and {TableClient.CreateQueryFilter($"EndTime lt {endedBefore}")}", static _ => true, left, cancellation);
        if (left <= 0)
        {
            return true;
        }

        if (!await HasRowsAsync(_results, old, cancellation))
        {
            return false; // the usual case: nothing else has to be read
        }

        // The tasks that are left of those days are kept, and so are their results.
        var kept = await FindKeptAsync(old, FirstTaskKeyOf(firstKept), cancellation);
        return await DeleteAsync(_results, old, row => !kept.Contains(row.RowKey[..TaskDigits]), left, cancellation) >= left;
    }

    private const int TaskDigits = 19;

    private static async Task<int> DeleteAsync(
        Table table, string filter, Func<TableEntity, bool> isOld, int limit, CancellationToken cancellation)
    {
        var deleted = 0;
        await foreach (var page in table.QueryPagesAsync(filter, pageSize: 1000, Keys, cancellation))
        {
            var rows = page.Where(isOld).Take(limit - deleted).ToList();
            await table.DeleteManyAsync(rows, cancellation);
            deleted += rows.Count;
            if (deleted >= limit)
            {
                break;
            }
        }

        return deleted;
    }

    private static async Task<bool> HasRowsAsync(Table table, string filter, CancellationToken cancellation)
    {
        await foreach (var _ in table.QueryAsync(filter, pageSize: 1, Keys, cancellation))
        {
            return true;
        }

        return false;
    }

    // The smallest key that a task of the day can have.
    private static string FirstTaskKeyOf(string day)
    {
        var begin = new DateTimeOffset(TaskPartition.DayOf(day), TimeOnly.MinValue, TimeSpan.Zero);
        return TableKey.Number(begin <= TaskId.Epoch ? 0 : TaskId.Create(begin, lane: 0, sequence: 0).Value);
    }

    /// <summary>The ids, as in keys of results, of old tasks that are open or ended late.</summary>
    private async Task<HashSet<string>> FindKeptAsync(string old, string firstKept, CancellationToken cancellation)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        for (var lane = 0; lane < TaskId.Lanes; lane++)
        {
            // One range of keys per lane, so that younger tasks, which may be many, are not read.
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {OpenTasks.PartitionOf(lane)} and RowKey lt {firstKept}");
            await foreach (var row in _open.QueryAsync(filter, pageSize: 1000, ["RowKey"], cancellation))
            {
                kept.Add(row.RowKey);
            }
        }

        const string prefix = FinishedTaskRows.All + "-";
        await foreach (var row in _finished.QueryAsync(old, pageSize: 1000, Keys, cancellation))
        {
            if (row.RowKey.StartsWith(prefix, StringComparison.Ordinal))
            {
                kept.Add(TableKey.NewestFirst(long.Parse(row.RowKey.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture)));
            }
        }

        return kept;
    }
}
