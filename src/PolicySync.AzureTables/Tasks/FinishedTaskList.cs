using System.Globalization;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Ended tasks, newest first: day after day, the heads of the row ranges of its shards, merged. Nothing between the days
/// that hold tasks is read, and nothing before the place where the last part ended.
/// </summary>
internal sealed class FinishedTaskList(Table table)
{
    /// <summary>Days that one part looks through: some are full of tasks of another status.</summary>
    private const int MaxDays = 7;

    /// <summary>Rows of a shard that are read at once.</summary>
    private const int MaxRowsAtOnce = 100;

    /// <param name="status">Only those that ended so.</param>
    /// <param name="after">Where the last part ended.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="now">Ids may be a little ahead of it.</param>
    /// <param name="keptSince">What ended before is shown no more.</param>
    /// <param name="madeSince">No task that is kept was made before.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<TaskSlice> ReadAsync(
        SyncTaskStatus? status, TaskId? after, int count, DateTimeOffset now, DateTimeOffset keptSince, DateTimeOffset madeSince,
        CancellationToken cancellation)
    {
        var list = status is { } some ? WireNames.Of(some) : FinishedTasks.All;
        var found = new List<TaskSummary>();
        var last = after;
        var day = DayOf(after?.Time ?? now.AddDays(1));
        for (var days = 0; days < MaxDays; days++)
        {
            if (await LatestDayAsync(DayOf(madeSince), day, cancellation) is not { } latest)
            {
                return new TaskSlice(found, Next: null);
            }

            await foreach (var task in OfDayAsync(latest, list, last, count, cancellation))
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

    /// <summary>The last day from <paramref name="first"/> to <paramref name="last"/> that has tasks: halving finds it.</summary>
    private async Task<DateOnly?> LatestDayAsync(DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        DateOnly? latest = null;
        while (first <= last)
        {
            // The upper half, and when that is empty the lower.
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

    private async IAsyncEnumerable<TaskSummary> OfDayAsync(
        DateOnly day, string list, TaskId? after, int count, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var atOnce = Math.Clamp(count / TaskPartition.ShardsPerDay + 1, 1, MaxRowsAtOnce);
        var shards = Enumerable.Range(0, TaskPartition.ShardsPerDay)
            .Select(shard => OfShardAsync(day, shard, list, after, atOnce, cancellation).GetAsyncEnumerator(cancellation)).ToList();
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

    private async IAsyncEnumerable<TaskSummary> OfShardAsync(
        DateOnly day, int shard, string list, TaskId? after, int atOnce,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var from = after is { } last ? FinishedTasks.RowOf(list, last) : $"{list}-";
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {TaskPartition.Of(day, shard)} and RowKey gt {from} and RowKey lt {$"{list}."}"); // `.` follows `-`
        await foreach (var row in table.QueryAsync(filter, atOnce, TaskRow.Plain, cancellation))
        {
            var number = long.Parse(row.RowKey.AsSpan(list.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            var id = new TaskId(long.MaxValue - number);
            yield return TaskRow.ReadPlain(id, row);
        }
    }

    private static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    /// <summary>An id that lies behind all of the day after, and before all of this day.</summary>
    private static TaskId EndOf(DateOnly day) =>
        TaskId.Create(new DateTimeOffset(day.ToDateTime(TimeOnly.MaxValue), TimeSpan.Zero), TaskId.Lanes - 1, (1 << TaskId.SequenceBits) - 1);
}
