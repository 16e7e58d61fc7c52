using Azure.Data.Tables;

namespace PolicySync.AzureTables.Tables;

/// <summary>What one entity-group transaction may hold (Azure Table service, «Performing entity group transactions»).</summary>
internal static class TransactionLimits
{
    public const int MaxRows = 100;

    /// <summary>4 MiB are allowed for the request as sent; the rest is for the parts that <see cref="WireBytes"/> guesses.</summary>
    public const int MaxWireBytes = 3 * 1024 * 1024 + 512 * 1024;

    // Keys, plain columns, and the MIME part around each row.
    private const int RowOverhead = 2 * 1024;

    /// <summary>About how long a row with <paramref name="binaryBytes"/> of binary data is on the wire, where it is base64.</summary>
    public static int WireBytes(int binaryBytes) => RowOverhead + ((binaryBytes + 2) / 3 * 4);

    /// <summary>Cuts rows of one partition, kept in order, into lots that each fit into a transaction.</summary>
    public static IEnumerable<(IReadOnlyList<TableEntity> Rows, int WireBytes)> Lots(IEnumerable<(TableEntity Row, int WireBytes)> rows)
    {
        var lot = new List<TableEntity>();
        var size = 0;
        foreach (var (row, bytes) in rows)
        {
            if (lot.Count == MaxRows || (lot.Count > 0 && size + bytes > MaxWireBytes))
            {
                yield return (lot, size);
                lot = [];
                size = 0;
            }

            lot.Add(row);
            size += bytes;
        }

        if (lot.Count > 0)
        {
            yield return (lot, size);
        }
    }
}
