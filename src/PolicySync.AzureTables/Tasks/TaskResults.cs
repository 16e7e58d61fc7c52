using System.Globalization;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>What a task did to each securable: a partition per task, a row per securable, in the order met.</summary>
internal sealed class TaskResults(Table table)
{
    private const string Data = "Data";
    private const string Status = "Status";
    private const int ShownText = 256;

    /// <summary>
    /// Of a row's 960 KiB. Azurite (3.37) measures a row that may replace another by its base64 form against the limit
    /// of 1 MiB, Azure by its bytes; this fits both.
    /// </summary>
    private const int MaxResultBytes = 700 * 1024;

    /// <summary>A page ends early here, so that a page of long results does not fill the memory of the API.</summary>
    private const int MaxPageBytes = 4 * 1024 * 1024;

    public async Task SaveAsync(
        TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation)
    {
        var partition = TableKey.Number(id.Value);
        var rows = results.Select((result, n) => ToRow(partition, firstOrdinal + n, result));
        foreach (var lot in TransactionLimits.Lots(rows))
        {
            if (lot is [var single])
            {
                await table.UpsertAsync(single, cancellation);
            }
            else
            {
                await table.TransactAsync(
                    lot.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), cancellation);
            }
        }
    }

    public async Task<ResultPage> ReadAsync(
        TaskId id, ResourceStatus? status, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        var after = PageToken.Read(pageToken, id, status);
        var results = new List<ResourceResult>();
        var bytes = 0;

        // One row more than asked for tells whether there is a next page.
        await foreach (var row in table.QueryAsync(FilterFor(id, status, after), Math.Min(pageSize + 1, 1000), columns: null, cancellation))
        {
            if (results.Count == pageSize || bytes > MaxPageBytes)
            {
                return new ResultPage(results, PageToken.Write(id, status, after));
            }

            results.Add(Packed.Read<ResourceResult>(row, Data));
            bytes += row.GetInt32("DataSize") ?? 0;
            after = long.Parse(row.RowKey, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return new ResultPage(results, NextPageToken: null);
    }

    private static string FilterFor(TaskId id, ResourceStatus? status, long after)
    {
        var partition = TableKey.Number(id.Value);
        var first = TableKey.Number(after + 1);
        return status is { } some
            ? TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {first} and Status eq {WireNames.Of(some)}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {first}");
    }

    private static (TableEntity Row, int WireBytes) ToRow(string partition, long ordinal, ResourceResult result)
    {
        var packed = PackToFit(result);
        var row = new TableEntity(partition, TableKey.Number(ordinal))
        {
            [Status] = WireNames.Of(result.Status),
            ["Type"] = Cut(result.Type),
            ["FullName"] = Cut(result.FullName),
            ["Changes"] = result.ChangeCount,
            ["Gaps"] = result.GapCount,
        };
        if (result.Error is { } error)
        {
            row["ErrorCode"] = WireNames.Of(error.Code);
        }

        Packed.Write(row, Data, packed);
        return (row, TransactionLimits.WireBytes(packed.Length));
    }

    // 1,000 changes and gaps pack to some 100 KiB. Should texts be so long that a row cannot hold them, the lists are cut
    // further; the counts stay true and the result says that it is truncated.
    private static byte[] PackToFit(ResourceResult result)
    {
        var packed = Packed.Pack(result);
        while (packed.Length > MaxResultBytes && result.Changes.Count + result.Gaps.Count > 0)
        {
            result = result with
            {
                Changes = [.. result.Changes.Take(result.Changes.Count / 2)],
                Gaps = [.. result.Gaps.Take(result.Gaps.Count / 2)],
            };
            packed = Packed.Pack(result);
        }

        return packed;
    }

    private static string Cut(string text) => text.Length <= ShownText ? text : text[..ShownText];
}
