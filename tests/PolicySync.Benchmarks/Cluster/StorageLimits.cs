using System.Globalization;
using Azure.Data.Tables;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>What the storage gives to the same client at the same concurrency: rows of the size of an accepted task.</summary>
internal static class StorageLimits
{
    private const int RowBytes = 600;
    private const int Batch = 100;

    /// <summary>Single-row inserts per second into partitions that many rows share: the cheapest rows that there are.</summary>
    public static Task<Rate> SingleAsync(string connectionString, int callers, TimeSpan span) =>
        SingleAsync(connectionString, callers, span, number => Row(number % 64, number));

    /// <summary>
    /// Single-row inserts per second, each into a partition of its own: a grain state for each task, which is what group
    /// commit stands against. Layout: the official grain storage's, a partition for each grain.
    /// </summary>
    public static Task<Rate> StatesAsync(string connectionString, int callers, TimeSpan span) =>
        SingleAsync(connectionString, callers, span, _ => Row($"bench_synctask/{Guid.NewGuid():N}".Replace('/', '_'), "state"));

    private static async Task<Rate> SingleAsync(string connectionString, int callers, TimeSpan span, Func<int, TableEntity> row)
    {
        var table = await TableAsync(connectionString);
        return await Rate.OfAsync(callers, span, async number =>
        {
            await table.AddEntityAsync(row(number));
            return 1;
        });
    }

    /// <summary>Rows per second in transactions of 100.</summary>
    public static async Task<Rate> BatchedAsync(string connectionString, int callers, TimeSpan span)
    {
        var table = await TableAsync(connectionString);
        return await Rate.OfAsync(callers, span, async number =>
        {
            await table.SubmitTransactionAsync(Enumerable.Range(0, Batch).Select(row => new TableTransactionAction(
                TableTransactionActionType.Add, Row(number % 64, (number * (long)Batch) + row))));
            return Batch;
        });
    }

    private static async Task<TableClient> TableAsync(string connectionString)
    {
        var table = new TableClient(connectionString, $"L{Guid.NewGuid():N}"[..20]);
        await table.CreateIfNotExistsAsync();
        return table;
    }

    private static TableEntity Row(int partition, long number) => Row(
        partition.ToString("D2", CultureInfo.InvariantCulture), number.ToString("D19", CultureInfo.InvariantCulture));

    private static TableEntity Row(string partition, string row) => new(partition, row) { ["Data"] = new byte[RowBytes] };
}
