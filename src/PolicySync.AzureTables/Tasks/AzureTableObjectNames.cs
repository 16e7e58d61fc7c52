using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Securables;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The names under which grain state of an object is stored (docs/storage.md). Keys are hashes, because names and ids may have
/// characters that keys may not. The rows of one id are adjacent.
/// </summary>
internal sealed class AzureTableObjectNames(TableStorage storage) : IObjectNames
{
    /// <summary>The partition is this many characters of the id's hash, which makes 256 partitions.</summary>
    private const int PartitionLength = 2;

    private const string ParkedColumn = "Parked";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + "ObjectNames");

    public async Task<IReadOnlyList<ObjectName>> FindAsync(SecurableType type, string identity, CancellationToken cancellation)
    {
        var id = HashOf($"{WireNames.Of(type)} {identity}");
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {id[..PartitionLength]} and RowKey ge {id + "-"} and RowKey lt {id + "."}");
        var names = new List<ObjectName>();
        await foreach (var row in _table.QueryAsync(filter, pageSize: 100, columns: null, cancellation))
        {
            var parked = row.ContainsKey(ParkedColumn) ? Packed.Read<string>(row, ParkedColumn) : null;
            names.Add(new ObjectName(Securable.Parse(type, row.GetString("FullName")), identity, parked));
        }

        return names;
    }

    public Task SetAsync(ObjectName name, CancellationToken cancellation)
    {
        var (partition, key) = KeyOf(name);
        var row = new TableEntity(partition, key)
        {
            ["Type"] = WireNames.Of(name.Securable.Type),
            ["Identity"] = name.Identity,
            ["FullName"] = name.Securable.FullName,
        };
        if (name.Parked is { } parked)
        {
            Packed.Write(row, ParkedColumn, Packed.Pack(parked));
        }

        return _table.UpsertAsync(row, cancellation);
    }

    public Task RemoveAsync(ObjectName name, CancellationToken cancellation)
    {
        var (partition, key) = KeyOf(name);
        return _table.DeleteAsync(partition, key, ETag.All, cancellation);
    }

    private static (string Partition, string Row) KeyOf(ObjectName name)
    {
        var id = HashOf($"{WireNames.Of(name.Securable.Type)} {name.Identity}");
        return (id[..PartitionLength], $"{id}-{HashOf(name.Securable.FullName)}");
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
