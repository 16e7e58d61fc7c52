using System.Diagnostics.Metrics;
using PolicySync.Core.Telemetry;

namespace PolicySync.AzureTables.Tables;

/// <summary>Metrics of calls to table storage.</summary>
internal static class StorageMetrics
{
    private static readonly Meter Meter = new(MetricNames.Meter);

    private static readonly Counter<long> Operations = Meter.CreateCounter<long>(
        MetricNames.StorageOperations, unit: "{operation}", description: "Calls to table storage; a retried call counts once.");

    public static void CountCall(string table, StorageOperation operation) => Operations.Add(
        1, new("table", table), new("operation", NameOf(operation)));

    private static readonly Histogram<long> BatchRows = Meter.CreateHistogram(
        MetricNames.StorageBatchRows, unit: "{row}", description: "Rows per transaction, by table.", tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 75, 99] });

    public static void RecordBatch(string table, int rows) => BatchRows.Record(rows, new KeyValuePair<string, object?>("table", table));

    private static readonly Histogram<long> QueryRows = Meter.CreateHistogram(
        MetricNames.StorageQueryRows, unit: "{row}", description: "Rows per answer to a query, by table.", tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [0, 1, 5, 10, 50, 100, 500, 1000] });

    public static void RecordQuery(string table, int rows) => QueryRows.Record(rows, new KeyValuePair<string, object?>("table", table));

    public static string NameOf(StorageOperation operation) => operation switch
    {
        StorageOperation.Create => "create",
        StorageOperation.Read => "read",
        StorageOperation.Query => "query",
        StorageOperation.Insert => "insert",
        StorageOperation.Update => "update",
        StorageOperation.Delete => "delete",
        StorageOperation.Transaction => "transaction",
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "not an operation"),
    };
}

/// <summary>Kinds of calls.</summary>
internal enum StorageOperation
{
    Create,
    Read,
    Query,
    Insert,
    Update,
    Delete,
    Transaction,
}
