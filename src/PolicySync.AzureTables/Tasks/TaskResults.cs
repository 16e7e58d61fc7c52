using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The results of tasks: a range of rows per task, a row per securable, in the order of processing. Concurrent tasks share
/// transactions.
/// </summary>
internal sealed class TaskResults
{
    private const string Data = "Data";
    private const string Status = "Status";
    private const int ShownText = 256;
    private const int KeyPrefix = 20; // the task id and a dash

    /// <summary>
    /// The part of a row's 960 KiB that a result may take. Azurite 3.37 applies the limit of 1 MiB to the base64 form of a row
    /// that may replace another, Azure to its bytes; this fits both.
    /// </summary>
    private const int MaxResultBytes = 700 * 1024;

    /// <summary>A page ends early at this size, which bounds the memory that the API needs for long results.</summary>
    private const int MaxPageBytes = 4 * 1024 * 1024;

    /// <summary>A page ends early after so many rows, where most results are not among those asked for.</summary>
    private const int MaxPageRows = 5_000;

    private const int MaxRowsAtOnce = 1_000;

    private readonly Table _table;
    private readonly GroupCommit<IReadOnlyList<TableEntity>, bool> _commit;

    public TaskResults(Table table, TimeSpan callTimeout, TimeProvider time)
    {
        _table = table;
        _commit = new(GroupCommitLimits.ForTasks(callTimeout), SaveAsync, time);
    }

    public async Task SaveAsync(
        TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation)
    {
        var rows = results.Select((result, n) => ToRow(id, firstOrdinal + n, result));
        foreach (var (batch, bytes) in TransactionLimits.Batches(rows))
        {
            await _commit.WriteAsync(TaskPartition.Of(id), batch, batch.Count, bytes, cancellation);
        }
    }

    /// <summary>The key of a result. The results of a task are one range of keys.</summary>
    public static string RowOf(TaskId id, long ordinal) => $"{TableKey.Number(id.Value)}-{TableKey.Number(ordinal)}";

    public async Task<ResultPage> ReadAsync(
        TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        var after = PageToken.Read(pageToken, id, filter);
        var results = new List<ResourceResult>();
        var (bytes, rows) = (0L, 0);

        // One row more than requested shows whether there is a next page.
        await foreach (var (number, row) in RowsAsync(id, filter, after, filter.NeedsResult ? MaxRowsAtOnce : Math.Min(pageSize + 1, MaxRowsAtOnce), cancellation))
        {
            if (results.Count == pageSize || bytes > MaxPageBytes || rows == MaxPageRows)
            {
                return new ResultPage(results, PageToken.Write(id, filter, after));
            }

            if (Packed.Read<ResourceResult>(row, Data) is var result && filter.Matches(result))
            {
                results.Add(result);
            }

            (after, rows, bytes) = (number, rows + 1, bytes + SizeOf(row));
        }

        return new ResultPage(results, NextPageToken: null);
    }

    public async Task<IReadOnlyList<NumberedResult>> ReadAfterAsync(TaskId id, long after, int count, CancellationToken cancellation)
    {
        var results = new List<NumberedResult>();
        var bytes = 0L;
        await foreach (var (number, row) in RowsAsync(id, ResultFilter.All, after, count, cancellation))
        {
            results.Add(new NumberedResult(number, Packed.Read<ResourceResult>(row, Data)));
            bytes += SizeOf(row);
            if (results.Count == count || bytes > MaxPageBytes)
            {
                break;
            }
        }

        return results;
    }

    private async IAsyncEnumerable<(long Number, TableEntity Row)> RowsAsync(
        TaskId id, ResultFilter filter, long after, int pageSize, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in _table.QueryAsync(QueryFor(id, filter, after), pageSize, columns: null, cancellation))
        {
            yield return (long.Parse(row.RowKey.AsSpan(KeyPrefix), NumberStyles.None, CultureInfo.InvariantCulture), row);
        }
    }

    private static long SizeOf(TableEntity row) => row.GetInt32("DataSize") ?? 0;

    private async Task SaveAsync(IReadOnlyList<GroupCommit<IReadOnlyList<TableEntity>, bool>.Entry> batch)
    {
        // A transaction may have a row only once. If a window runs again while its first write is queued, the later row
        // counts.
        var rows = batch.SelectMany(entry => entry.Item).Reverse().DistinctBy(row => row.RowKey).Reverse().ToList();
        if (rows is [var single])
        {
            await _table.UpsertAsync(single, CancellationToken.None);
        }
        else
        {
            await _table.TransactAsync(
                rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), CancellationToken.None);
        }

        foreach (var entry in batch)
        {
            entry.Complete(true);
        }
    }

    // What columns of every build tell, the storage filters by. The packed result tells the rest.
    private static string QueryFor(TaskId id, ResultFilter filter, long after)
    {
        var (partition, first, last) = (TaskPartition.Of(id), RowOf(id, after + 1), RowOf(id, long.MaxValue));
        List<string> terms = [TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {first} and RowKey le {last}")];
        if (filter.Status is { } status)
        {
            terms.Add(TableClient.CreateQueryFilter($"Status eq {WireNames.Of(status)}"));
        }

        if (filter.Changed is { } changed)
        {
            terms.Add(changed ? "Changes gt 0" : "Changes eq 0");
        }

        if (filter.Code is { } code)
        {
            terms.Add(WireNames.TryParse<GapCode>(code, out _) ? "Gaps gt 0" : TableClient.CreateQueryFilter($"ErrorCode eq {code}"));
        }

        return string.Join(" and ", terms);
    }

    private static (TableEntity Row, int WireBytes) ToRow(TaskId id, long ordinal, ResourceResult result)
    {
        var packed = PackToFit(result);
        var row = new TableEntity(TaskPartition.Of(id), RowOf(id, ordinal))
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

    // 1,000 entries of each list take about 100 KiB. If long texts exceed a row, the lists are cut further; the counts stay
    // exact, and the result says that it is truncated.
    private static byte[] PackToFit(ResourceResult result)
    {
        var packed = Packed.Pack(result);
        while (packed.Length > MaxResultBytes
            && result.Changes.Count + result.Gaps.Count + result.ExternalChanges.Count + result.PlannedCalls.Count > 0)
        {
            result = result with
            {
                Changes = [.. result.Changes.Take(result.Changes.Count / 2)],
                Gaps = [.. result.Gaps.Take(result.Gaps.Count / 2)],
                ExternalChanges = [.. result.ExternalChanges.Take(result.ExternalChanges.Count / 2)],
                PlannedCalls = [.. result.PlannedCalls.Take(result.PlannedCalls.Count / 2)],
            };
            packed = Packed.Pack(result);
        }

        return packed;
    }

    private static string Cut(string text) => text.Length <= ShownText ? text : text[..ShownText];
}
