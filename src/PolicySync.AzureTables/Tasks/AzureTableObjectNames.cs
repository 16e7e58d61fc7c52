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
    /// <summary>The table's name behind the prefix.</summary>
    public const string TableName = "ObjectNames";

    /// <summary>The partition is this many characters of the id's hash, which makes 256 partitions.</summary>
    public const int PartitionLength = 2;

    /// <summary>The column that rows have where a state is set aside.</summary>
    public const string ParkedSize = ParkedColumn + "Size";

    private const string ParkedColumn = "Parked";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + TableName);

    public async Task<IReadOnlyList<ObjectName>> FindAsync(SecurableType type, string identity, CancellationToken cancellation)
    {
        var id = HashOf($"{WireNames.Of(type)} {identity}");
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {id[..PartitionLength]} and RowKey ge {id + "-"} and RowKey lt {id + "."}");
        var names = new List<ObjectName>();
        await foreach (var row in _table.QueryAsync(filter, pageSize: 100, columns: null, cancellation))
        {
            names.Add(NameOf(row, type, identity));
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

    /// <summary>The name of a row; null when only a newer version knows its type.</summary>
    public static ObjectName? Read(TableEntity row) =>
        WireNames.TryParse<SecurableType>(row.GetString("Type"), out var type) ? NameOf(row, type, row.GetString("Identity")) : null;

    private static ObjectName NameOf(TableEntity row, SecurableType type, string identity) => new(
        Securable.Parse(type, row.GetString("FullName")), identity, row.ContainsKey(ParkedColumn) ? Packed.Read<string>(row, ParkedColumn) : null);

    private static (string Partition, string Row) KeyOf(ObjectName name)
    {
        var id = HashOf($"{WireNames.Of(name.Securable.Type)} {name.Identity}");
        return (id[..PartitionLength], $"{id}-{HashOf(name.Securable.FullName)}");
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
