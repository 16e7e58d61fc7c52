using System.Globalization;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// Candidate sets of plans (docs/storage.md): a partition for each, and in it rows of a part each. The first row is written last, so a set
/// that has it is whole.
/// </summary>
internal sealed class AzureTableCandidateSets(TableStorage storage, TimeProvider time) : ICandidateSets
{
    /// <summary>The table's name behind the prefix.</summary>
    public const string TableName = "PlanPolicies";

    /// <summary>The column with the time since which a set is kept.</summary>
    public const string CreateTime = "CreateTime";

    // Azurite applies the limit of a row to its base64 form; this fits both it and Azure.
    private const int PartBytes = 600 * 1024;

    private const string Data = "Data";
    private const string Parts = "Parts";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + TableName);

    public async Task PutAsync(string hash, byte[] packed, CancellationToken cancellation)
    {
        var parts = packed.Chunk(PartBytes).ToList();
        var now = time.GetUtcNow();
        for (var number = parts.Count - 1; number >= 0; number--)
        {
            var row = new TableEntity(hash, RowOf(number)) { [CreateTime] = now, [Parts] = parts.Count };
            Packed.Write(row, Data, parts[number]);
            await _table.UpsertAsync(row, cancellation);
        }
    }

    public async Task<byte[]?> FindAsync(string hash, CancellationToken cancellation)
    {
        if (await _table.ReadAsync(hash, RowOf(0), cancellation) is not { } first)
        {
            return null;
        }

        using var all = new MemoryStream();
        all.Write(Packed.ReadBytes(first, Data));
        for (var number = 1; number < first.GetInt32(Parts); number++)
        {
            if (await _table.ReadAsync(hash, RowOf(number), cancellation) is not { } row)
            {
                return null; // a sweep is deleting it
            }

            all.Write(Packed.ReadBytes(row, Data));
        }

        return all.ToArray();
    }

    private static string RowOf(int number) => number.ToString("D4", CultureInfo.InvariantCulture);
}
