using System.Globalization;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Lists finished tasks, newest first: day by day, it merges the row ranges of the day's shards. It reads no days without
/// tasks, and nothing before the position where the previous slice ended.
/// </summary>
internal sealed class FinishedTaskList(Table table)
{
    /// <summary>Days that one slice covers at most: some have only tasks of another status.</summary>
    private const int MaxDays = 7;

    /// <summary>Rows of a shard per query.</summary>
    private const int MaxRowsAtOnce = 100;

    /// <param name="filter">Which tasks. The most selective list is read; the storage filters its rows by the rest.</param>
    /// <param name="after">The last task of the previous slice.</param>
    /// <param name="count">Most tasks to return.</param>
    /// <param name="now">The current time; ids may be slightly ahead of it.</param>
    /// <param name="keptSince">Tasks that ended before are left out.</param>
    /// <param name="createdSince">No kept task was created before.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<TaskSlice> ReadAsync(
        TaskFilter filter, TaskId? after, int count, DateTimeOffset now, DateTimeOffset keptSince, DateTimeOffset createdSince,
        CancellationToken cancellation)
    {
        var range = TaskListRange.Of(filter, after);
        var found = new List<TaskSummary>();
        var last = range.After;
        var day = DayOf(last?.Time ?? now.AddDays(1));
        if (filter.From - TaskKey.Longest is { } since && since > createdSince)
        {
            createdSince = since; // a key may have claimed the id so long before
        }

        for (var days = 0; days < MaxDays; days++)
        {
            if (await LatestDayAsync(DayOf(createdSince), day, cancellation) is not { } latest)
            {
                return new TaskSlice(found, Next: null);
            }

            await foreach (var task in ListDayAsync(latest, range with { After = last }, count, cancellation))
            {
                if (found.Count == count)
                {
                    return new TaskSlice(found, found[^1].Id);
                }

                last = task.Id;
                if ((task.EndTime ?? task.CreateTime) >= keptSince)
                {
                    found.Add(task);
                }
            }

            day = latest.AddDays(-1);
        }

        return new TaskSlice(found, EndOf(day));
    }

    /// <summary>Finds the last day from <paramref name="first"/> to <paramref name="last"/> that has tasks, by bisection.</summary>
    private async Task<DateOnly?> LatestDayAsync(DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        DateOnly? latest = null;
        while (first <= last)
        {
            // Try the upper half; if it is empty, the lower.
            var middle = first.AddDays((last.DayNumber - first.DayNumber + 1) / 2);
            if (await FirstDayAsync(middle, last, cancellation) is { } upper)
            {
                (latest, first) = (upper, upper.AddDays(1));
            }
            else if (middle == first)
            {
                break;
            }
            else
            {
                last = middle.AddDays(-1);
            }
        }

        return latest;
    }

    private async Task<DateOnly?> FirstDayAsync(DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey ge {TaskPartition.DayOf(first)} and PartitionKey lt {TaskPartition.DayOf(last.AddDays(1))}");
        await foreach (var row in table.QueryAsync(filter, pageSize: 1, ["PartitionKey"], cancellation))
        {
            return TaskPartition.DayOf(row.PartitionKey);
        }

        return null;
    }

    private async IAsyncEnumerable<TaskSummary> ListDayAsync(
        DateOnly day, TaskListRange range, int count, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var atOnce = Math.Clamp(count / TaskPartition.ShardsPerDay + 1, 1, MaxRowsAtOnce);
        var shards = Enumerable.Range(0, TaskPartition.ShardsPerDay)
            .Select(shard => ListShardAsync(day, shard, range, atOnce, cancellation).GetAsyncEnumerator(cancellation)).ToList();
        try
        {
            var more = await Task.WhenAll(shards.Select(shard => shard.MoveNextAsync().AsTask()));
            var heads = new PriorityQueue<IAsyncEnumerator<TaskSummary>, long>();
            foreach (var shard in shards.Where((_, n) => more[n]))
            {
                heads.Enqueue(shard, -shard.Current.Id.Value);
            }

            while (heads.TryDequeue(out var head, out _))
            {
                yield return head.Current;
                if (await head.MoveNextAsync())
                {
                    heads.Enqueue(head, -head.Current.Id.Value);
                }
            }
        }
        finally
        {
            foreach (var shard in shards)
            {
                await shard.DisposeAsync();
            }
        }
    }

    private async IAsyncEnumerable<TaskSummary> ListShardAsync(
        DateOnly day, int shard, TaskListRange range, int atOnce,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in table.QueryAsync(range.QueryOf(day, shard), atOnce, range.Columns, cancellation))
        {
            var number = long.Parse(row.RowKey.AsSpan(range.List.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            var id = new TaskId(long.MaxValue - number);
            if (range.Holds(row))
            {
                yield return TaskRow.ReadPlain(id, row);
            }
        }
    }

    private static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    /// <summary>The greatest id of a day: it sorts after the ids of the next day and before the others of this one.</summary>
    private static TaskId EndOf(DateOnly day) => TaskId.LastOf(new DateTimeOffset(day.ToDateTime(TimeOnly.MaxValue), TimeSpan.Zero));
}
