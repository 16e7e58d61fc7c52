using System.Globalization;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tasks;

namespace PolicySync.AzureTables.Tables;

/// <summary>
/// Content of any size under the hash of it: a partition for each, and in it rows of a part each. The first row is written last and deleted
/// first, so content that has it is whole.
/// </summary>
internal sealed class ContentRows(Table table)
{
    // Azurite applies the limit of a row to its base64 form; this fits both it and Azure.
    private const int PartBytes = 600 * 1024;

    private const string Data = "Data";
    private const string Parts = "Parts";
    private const int PageSize = 1_000;

    private static readonly string[] Keys = ["PartitionKey", "RowKey"];

    /// <summary>Stores content.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="content">The content, not empty.</param>
    /// <param name="add">Adds columns to each row.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task PutAsync(string hash, byte[] content, Action<TableEntity>? add, CancellationToken cancellation)
    {
        var parts = content.Chunk(PartBytes).ToList();
        for (var number = parts.Count - 1; number >= 0; number--)
        {
            var row = new TableEntity(hash, RowOf(number)) { [Parts] = parts.Count };
            add?.Invoke(row);
            Packed.Write(row, Data, parts[number]);
            await table.UpsertAsync(row, cancellation);
        }
    }

    /// <summary>Reads content; null when there is none, or a part of it is missing.</summary>
    public async Task<byte[]?> FindAsync(string hash, CancellationToken cancellation)
    {
        if (await table.ReadAsync(hash, RowOf(0), cancellation) is not { } first)
        {
            return null;
        }

        using var all = new MemoryStream();
        all.Write(Packed.ReadBytes(first, Data));
        for (var number = 1; number < first.GetInt32(Parts); number++)
        {
            if (await table.ReadAsync(hash, RowOf(number), cancellation) is not { } row)
            {
                return null; // it is being deleted
            }

            all.Write(Packed.ReadBytes(row, Data));
        }

        return all.ToArray();
    }

    /// <summary>Deletes content, also what an interrupted <see cref="PutAsync"/> left of it.</summary>
    public async Task DeleteAsync(string hash, CancellationToken cancellation)
    {
        await table.DeleteAsync(hash, RowOf(0), ETag.All, cancellation);
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {hash}"), PageSize, Keys, cancellation))
        {
            rows.Add(row);
        }

        if (rows.Count > 0)
        {
            await table.DeleteManyAsync(rows, cancellation);
        }
    }

    private static string RowOf(int number) => number.ToString("D4", CultureInfo.InvariantCulture);
}
