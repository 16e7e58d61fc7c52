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
/// Securables that are to be synced by themselves (docs/storage.md). A partition is a minute, so what is due is read as
/// one range of keys; rows go when their tasks are made, so the range holds nothing else.
/// </summary>
internal sealed class AzureTableDueStore(TableStorage storage) : IDueStore
{
    private const string DueColumn = "Due";

    private readonly Table _table = storage.Table(storage.Options.TablePrefix + "Due");

    public Task AddAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation) => WriteAsync(
        due.Select(ToRow), row => _table.UpsertAsync(row, cancellation), TableTransactionActionType.UpsertReplace, cancellation);

    public async IAsyncEnumerable<DueSecurable> ReadAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The last minute has begun but is not over: the column tells what of it is due.
        var filter = TableClient.CreateQueryFilter($"PartitionKey le {PartitionOf(now)} and Due le {now}");
        await foreach (var row in _table.QueryAsync(filter, pageSize: 1000, columns: null, cancellation))
        {
            // What a newer version remembers is left to it.
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
            // One that was gone takes its whole transaction with it: one by one, then.
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
            foreach (var lot in partition.Chunk(TransactionLimits.MaxRows))
            {
                await (lot is [var only] ? single(only) : _table.TransactAsync(lot.Select(row => new TableTransactionAction(action, row, ETag.All)), cancellation));
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

    // Depth first, so that containers come before what they contain. Names are hashed: three of 255 characters are
    // longer than a key may be, and may hold characters that a key may not.
    private static string RowOf(DueSecurable due)
    {
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(due.Securable.ToString()));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{due.Securable.Type.Depth()}-{due.Due.UtcDateTime:ss}-{due.Attempt:D2}-{Convert.ToHexStringLower(name)}");
    }
}
