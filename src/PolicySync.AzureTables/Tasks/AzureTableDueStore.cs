using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The schedule of securables that are due for a sync (docs/storage.md). A partition is a minute, so due rows are one range of
/// keys. Rows are deleted once their tasks exist, so the range holds nothing else.
/// </summary>
internal sealed class AzureTableDueStore(TableStorage storage) : IDueStore
{
    private const string DueColumn = "Due";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + "Due");

    public Task AddAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation) => WriteAsync(
        due.Select(ToRow), row => _table.UpsertAsync(row, cancellation), TableTransactionActionType.UpsertReplace, cancellation);

    public async IAsyncEnumerable<DueSecurable> ReadAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Of the current minute, only some rows are due: the column decides.
        var filter = TableClient.CreateQueryFilter($"PartitionKey le {PartitionOf(now)} and Due le {now}");
        await foreach (var row in _table.QueryAsync(filter, pageSize: 1000, columns: null, cancellation))
        {
            // A type that only a newer version knows is left to that version.
            if (WireNames.TryParse<SecurableType>(row.GetString("Type"), out var type))
            {
                yield return new DueSecurable(
                    Securable.Parse(type, row.GetString("FullName")), row.GetDateTimeOffset(DueColumn)!.Value, row.GetInt32("Attempt") ?? 0);
            }
        }
    }

    public async Task RemoveAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync(
                due.Select(ToRow), row => RemoveAsync(row, cancellation), TableTransactionActionType.Delete, cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // A missing row fails its whole transaction: delete the rows singly.
            foreach (var row in due.Select(ToRow))
            {
                await RemoveAsync(row, cancellation);
            }
        }
    }

    private Task RemoveAsync(TableEntity row, CancellationToken cancellation) =>
        _table.DeleteAsync(row.PartitionKey, row.RowKey, ETag.All, cancellation);

    private async Task WriteAsync(
        IEnumerable<TableEntity> rows, Func<TableEntity, Task> single, TableTransactionActionType action, CancellationToken cancellation)
    {
        foreach (var partition in rows.DistinctBy(row => (row.PartitionKey, row.RowKey)).GroupBy(row => row.PartitionKey, StringComparer.Ordinal))
        {
            foreach (var batch in partition.Chunk(TransactionLimits.MaxRows))
            {
                await (batch is [var only] ? single(only) : _table.TransactAsync(batch.Select(row => new TableTransactionAction(action, row, ETag.All)), cancellation));
            }
        }
    }

    private static TableEntity ToRow(DueSecurable due) => new(PartitionOf(due.Due), RowOf(due))
    {
        ["Type"] = WireNames.Of(due.Securable.Type),
        ["FullName"] = due.Securable.FullName,
        [DueColumn] = due.Due,
        ["Attempt"] = due.Attempt,
    };

    private static string PartitionOf(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);

    // Depth first, so that containers come before their contents. Names are hashed: three names of 255 characters exceed the
    // length of a key, and names may have characters that keys may not.
    private static string RowOf(DueSecurable due)
    {
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(due.Securable.ToString()));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{due.Securable.Type.Depth()}-{due.Due.UtcDateTime:ss}-{due.Attempt:D2}-{Convert.ToHexStringLower(name)}");
    }
}
