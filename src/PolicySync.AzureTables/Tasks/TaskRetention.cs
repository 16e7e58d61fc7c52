using System.Globalization;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Deletes what <c>Tasks:Retention</c> has outlived. Rows are found as a range of partitions, so nothing that is younger
/// is read; they go many at a time, and no more in one sweep than <paramref name="maxRows"/>. Two processes at it only
/// find less to do.
/// </summary>
internal sealed class TaskRetention(TableStorage storage, IOptions<TasksOptions> options, TimeProvider time, int maxRows = TaskRetention.UsualRows)
{
    /// <summary>Some 50 transactions.</summary>
    public const int UsualRows = 5_000;

    private static readonly string[] Keys = ["PartitionKey", "RowKey"];

    private readonly Table _open = storage.Table(storage.Options.TablePrefix + "OpenTasks");
    private readonly Table _finished = storage.Table(storage.Options.TablePrefix + "FinishedTasks");
    private readonly Table _results = storage.Table(storage.Options.TablePrefix + "TaskResults");

    /// <summary>One bounded sweep. True when there is more to delete.</summary>
    public async Task<bool> SweepAsync(CancellationToken cancellation)
    {
        // A day's last task may run for MaxAge and is kept for Retention after that. One that took longer (nobody was
        // there to run it) is told by its end.
        var endedBefore = time.GetUtcNow() - options.Value.Retention;
        var firstKept = TaskPartition.DayOf(DateOnly.FromDateTime((endedBefore - options.Value.MaxAge).UtcDateTime));
        var old = TableClient.CreateQueryFilter($"PartitionKey lt {firstKept}");
        var left = maxRows - await DeleteAsync(
            _finished, $"{old} and {TableClient.CreateQueryFilter($"EndTime lt {endedBefore}")}", static _ => true, maxRows, cancellation);
        if (left <= 0)
        {
            return true;
        }

        if (!await HasRowsAsync(_results, old, cancellation))
        {
            return false; // as most of the time: nothing else is to be read
        }

        // What still stands of those days was kept on purpose, and so are its results.
        var kept = await KeptAsync(old, FirstOf(firstKept), cancellation);
        return await DeleteAsync(_results, old, row => !kept.Contains(row.RowKey[..TaskDigits]), left, cancellation) >= left;
    }

    private const int TaskDigits = 19;

    private static async Task<int> DeleteAsync(
        Table table, string filter, Func<TableEntity, bool> mayGo, int most, CancellationToken cancellation)
    {
        var deleted = 0;
        await foreach (var page in table.QueryPagesAsync(filter, pageSize: 1000, Keys, cancellation))
        {
            var rows = page.Where(mayGo).Take(most - deleted).ToList();
            await table.DeleteManyAsync(rows, cancellation);
            deleted += rows.Count;
            if (deleted >= most)
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

    // The key of the first task that a day can have.
    private static string FirstOf(string day)
    {
        var begin = new DateTimeOffset(TaskPartition.DayOf(day), TimeOnly.MinValue, TimeSpan.Zero);
        return TableKey.Number(begin <= TaskId.Epoch ? 0 : TaskId.Create(begin, lane: 0, sequence: 0).Value);
    }

    /// <summary>The ids, as results bear them, of tasks of the old days that are open or ended late.</summary>
    private async Task<HashSet<string>> KeptAsync(string old, string firstKept, CancellationToken cancellation)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        for (var lane = 0; lane < TaskId.Lanes; lane++)
        {
            // A range of keys each, so that the younger ones, which may be many, are not read.
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {OpenTasks.PartitionOf(lane)} and RowKey lt {firstKept}");
            await foreach (var row in _open.QueryAsync(filter, pageSize: 1000, ["RowKey"], cancellation))
            {
                kept.Add(row.RowKey);
            }
        }

        const string prefix = FinishedTasks.All + "-";
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
