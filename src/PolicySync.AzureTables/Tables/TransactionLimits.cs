using Azure.Data.Tables;

namespace PolicySync.AzureTables.Tables;

/// <summary>Limits of an entity-group transaction (Azure Table service, «Performing entity group transactions»).</summary>
internal static class TransactionLimits
{
    public const int MaxRows = 100;

    /// <summary>The service allows 4 MiB per request; the margin covers what <see cref="WireBytes"/> estimates.</summary>
    public const int MaxWireBytes = 3 * 1024 * 1024 + 512 * 1024;

    // Keys, plain columns, and the MIME part of each row.
    private const int RowOverhead = 2 * 1024;

    /// <summary>Estimates the size on the wire of a row with <paramref name="binaryBytes"/> of binary data, which is sent as base64.</summary>
    public static int WireBytes(int binaryBytes) => RowOverhead + ((binaryBytes + 2) / 3 * 4);

    /// <summary>Splits rows of one partition, in order, into batches that each fit into a transaction.</summary>
    public static IEnumerable<(IReadOnlyList<TableEntity> Rows, int WireBytes)> Batches(IEnumerable<(TableEntity Row, int WireBytes)> rows)
    {
        var batch = new List<TableEntity>();
        var size = 0;
        foreach (var (row, bytes) in rows)
        {
            if (batch.Count == MaxRows || (batch.Count > 0 && size + bytes > MaxWireBytes))
            {
                yield return (batch, size);
                batch = [];
                size = 0;
            }

            batch.Add(row);
            size += bytes;
        }

        if (batch.Count > 0)
        {
            yield return (batch, size);
        }
    }
}
