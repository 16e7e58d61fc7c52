using System.Diagnostics.Metrics;

namespace PolicySync.AzureTables.Tables;

/// <summary>What is done to tables, as the telemetry and the tests see it. The names are promises.</summary>
internal static class StorageMetrics
{
    public const string MeterName = "PolicySync";
    public const string OperationsName = "policysync.storage.operations";
    public const string BatchRowsName = "policysync.storage.batch.rows";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Operations = Meter.CreateCounter<long>(
        OperationsName, unit: "{operation}", description: "Calls made to table storage; a retried call counts once.");

    public static void Count(string table, StorageOperation operation) => Operations.Add(
        1, new("table", table), new("operation", NameOf(operation)));

    private static readonly Histogram<long> BatchRows = Meter.CreateHistogram(
        BatchRowsName, unit: "{row}", description: "Rows that shared one transaction, by table.", tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 75, 99] });

    public static void Batch(string table, int rows) => BatchRows.Record(rows, new KeyValuePair<string, object?>("table", table));

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

/// <summary>The kinds of calls.</summary>
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
