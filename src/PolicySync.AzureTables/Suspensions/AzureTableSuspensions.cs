using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Suspensions;

namespace PolicySync.AzureTables.Suspensions;

/// <summary>
/// Suspensions in one partition (docs/storage.md), so that one query reads them all. Keys are hashes, because patterns may have
/// characters that keys may not.
/// </summary>
internal sealed class AzureTableSuspensions(TableStorage storage) : ISuspensions
{
    /// <summary>The table's name behind the prefix.</summary>
    public const string TableName = "Suspensions";

    /// <summary>The column by which sweeps find those that have ended.</summary>
    public const string End = "EndTime";

    /// <summary>The one partition.</summary>
    public const string Partition = "all";

    private const string PatternColumn = "Pattern";
    private const string Reason = "Reason";
    private const string CreateTime = "CreateTime";
    private const string CreatedBy = "CreatedBy";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + TableName);

    public async Task<IReadOnlyList<Suspension>> ReadAsync(CancellationToken cancellation)
    {
        var read = new List<Suspension>();
        await foreach (var row in _table.QueryAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), pageSize: 1000, columns: null, cancellation))
        {
            read.Add(new Suspension(
                NamePattern.Parse(row.GetString(PatternColumn)), row.GetString(Reason), row.GetDateTimeOffset(End)!.Value,
                row.GetString(CreatedBy), row.GetDateTimeOffset(CreateTime)!.Value));
        }

        return [.. read.OrderBy(suspension => suspension.Pattern.Key, StringComparer.Ordinal)];
    }

    public Task SetAsync(Suspension suspension, CancellationToken cancellation)
    {
        var row = new TableEntity(Partition, KeyOf(suspension.Pattern))
        {
            [PatternColumn] = suspension.Pattern.Key,
            [Reason] = suspension.Reason,
            [End] = suspension.EndTime,
            [CreateTime] = suspension.CreateTime,
        };
        if (suspension.CreatedBy is { } subject)
        {
            row[CreatedBy] = subject;
        }

        return _table.UpsertAsync(row, cancellation);
    }

    public Task<bool> RemoveAsync(NamePattern pattern, CancellationToken cancellation) =>
        _table.DeleteAsync(Partition, KeyOf(pattern), ETag.All, cancellation);

    private static string KeyOf(NamePattern pattern) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pattern.Key)));
}
