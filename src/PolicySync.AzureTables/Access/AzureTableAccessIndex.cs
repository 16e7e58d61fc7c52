using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.Core;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;

namespace PolicySync.AzureTables.Access;

/// <summary>
/// The index of access in a table (docs/storage.md): a partition for each principal and policy, a row for each securable in it. Keys are
/// hashes where names may have characters that keys may not.
/// </summary>
internal sealed class AzureTableAccessIndex(TableStorage storage, IdGenerator ids) : IAccessIndex
{
    /// <summary>Rows written at once.</summary>
    private const int MaxAtOnce = 16;

    /// <summary>Characters of the name that begin the key of a row, so that rows are in the order of names.</summary>
    private const int MaxName = 150;

    /// <summary>Partition and row of the generation. Other partitions are hashes.</summary>
    private const string GenerationKey = "generation";

    private const string IdColumn = "Id";
    private const string ContentColumn = "Content";

    /// <summary>Greater than each character that a key may have of a name.</summary>
    private const string AfterAnyName = "\u007f";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + "Access");

    public async Task<string> GetGenerationAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (await _table.ReadAsync(GenerationKey, GenerationKey, cancellation) is { } row)
            {
                return row.GetString(IdColumn);
            }

            var made = ids.NewId().ToString("N");
            try
            {
                await _table.InsertAsync(new TableEntity(GenerationKey, GenerationKey) { [IdColumn] = made }, cancellation);
                return made;
            }
            catch (RequestFailedException e) when (e.Status is 409)
            {
                // another silo made it
            }
        }
    }

    public async Task WriteAsync(Securable securable, IReadOnlyDictionary<string, string?> rows, CancellationToken cancellation)
    {
        var place = PlaceOf(securable);
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(rows, options, async (row, token) => await WriteAsync(row.Key, row.Value, securable, place, token));
    }

    public async Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string beginning, string? after, int count, CancellationToken cancellation)
    {
        var (partition, first) = (HashOf(key), NameInKey(beginning));
        var (from, end) = (after is not null && string.CompareOrdinal(after, first) > 0 ? after : first, first + AfterAnyName);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {from} and RowKey lt {end}");
        var found = new List<AccessIndexRow>(Math.Min(count, 1_000));
        await foreach (var row in _table.QueryAsync(filter, Math.Min(count, 1_000), columns: null, cancellation).Take(count).WithCancellation(cancellation))
        {
            if (WireNames.TryParse<SecurableType>(row.GetString("Type"), out var type)) // a later build may know more types
            {
                found.Add(new AccessIndexRow(Securable.Parse(type, row.GetString("FullName")), Packed.Read<string>(row, ContentColumn), row.RowKey));
            }
        }

        return found;
    }

    private Task WriteAsync(string key, string? content, Securable securable, string place, CancellationToken cancellation)
    {
        var partition = HashOf(key);
        if (content is null)
        {
            return _table.DeleteAsync(partition, place, ETag.All, cancellation);
        }

        var row = new TableEntity(partition, place)
        {
            ["Key"] = key,
            ["Type"] = WireNames.Of(securable.Type),
            ["FullName"] = securable.FullName,
        };
        Packed.Write(row, ContentColumn, Packed.Pack(content));
        return _table.UpsertAsync(row, cancellation);
    }

    private static string PlaceOf(Securable securable) => $"{NameInKey(securable.FullName)} {HashOf(securable.ToString())[..24]}";

    private static string NameInKey(string name) => string.Concat(
        name.Take(MaxName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '~'));

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
