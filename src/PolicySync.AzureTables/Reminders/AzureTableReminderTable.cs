using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using PolicySync.AzureTables.Tables;

namespace PolicySync.AzureTables.Reminders;

/// <summary>
/// Reminders in Azure Table storage, in the layout of the official provider (docs/storage.md). Storage that does not
/// answer is a <see cref="Core.Errors.SyncException"/> with <see cref="Core.Errors.SyncErrorCode.Unavailable"/>.
/// </summary>
internal sealed partial class AzureTableReminderTable(
    TableStorage storage,
    IOptions<ClusterOptions> cluster,
    IOptions<AzureTableReminderOptions> options,
    ILogger<AzureTableReminderTable> logger) : IReminderTable
{
    private readonly Table _table = storage.ClusterTable(options.Value.TableName);
    private readonly string _service = cluster.Value.ServiceId;

    public Task StartAsync(CancellationToken cancellationToken = default) => _table.EnsureAsync(cancellationToken);

    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadRows(grainId, CancellationToken.None);

    public Task<ReminderTableData> ReadRows(GrainId grainId, CancellationToken cancellationToken)
    {
        // From `grain-` to `grain.`: all names of reminders. A grain whose key goes on with a dash shares the range, so
        // the whole id is compared too.
        var partition = ReminderRow.PartitionOf(_service, grainId);
        var (first, last) = (ReminderRow.RowOf(grainId, ""), TableKey.Sanitise($"{grainId}."));
        return ReadAsync(
            [TableClient.CreateQueryFilter(
                $"PartitionKey eq {partition} and RowKey gt {first} and RowKey le {last} and GrainReference eq {grainId.ToString()}")],
            cancellationToken);
    }

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadRows(begin, end, CancellationToken.None);

    public Task<ReminderTableData> ReadRows(uint begin, uint end, CancellationToken cancellationToken)
    {
        var after = TableClient.CreateQueryFilter($"PartitionKey gt {ReminderRow.PartitionOf(_service, begin)}");
        var upTo = TableClient.CreateQueryFilter($"PartitionKey le {ReminderRow.PartitionOf(_service, end)}");

        // Between `service_` and the character behind `_`. Another service's id may lie there: `a_b` of `a`.
        var ours = TableClient.CreateQueryFilter(
            $"PartitionKey gt {TableKey.Sanitise(_service + "_")} and PartitionKey le {TableKey.Sanitise(_service + "`")} and ServiceId eq {_service}");
        return ReadAsync(
            begin == end ? [ours] // the whole ring
            : begin < end ? [$"{after} and {upTo} and {ours}"]
            : [$"{after} and {ours}", $"{upTo} and {ours}"], // over the ring's end
            cancellationToken);
    }

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        ReadRow(grainId, reminderName, CancellationToken.None);

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName, CancellationToken cancellationToken) =>
        await _table.ReadAsync(
            ReminderRow.PartitionOf(_service, grainId), ReminderRow.RowOf(grainId, reminderName), cancellationToken) is { } row
            ? ReminderRow.Read(row)
            : null;

    public Task<string?> UpsertRow(ReminderEntry entry) => UpsertRow(entry, CancellationToken.None);

    public async Task<string?> UpsertRow(ReminderEntry entry, CancellationToken cancellationToken)
    {
        // The last one who registers wins. Merged, as the official provider does.
        var answer = await _table.UpsertAsync(
            ReminderRow.Write(_service, cluster.Value.ClusterId, entry), cancellationToken, TableUpdateMode.Merge);
        return answer.Headers.ETag?.ToString();
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        RemoveRow(grainId, reminderName, eTag, CancellationToken.None);

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag, CancellationToken cancellationToken)
    {
        try
        {
            return await _table.DeleteAsync(
                ReminderRow.PartitionOf(_service, grainId), ReminderRow.RowOf(grainId, reminderName), new ETag(eTag), cancellationToken);
        }
        catch (RequestFailedException)
        {
            return false; // registered anew meanwhile
        }
    }

    public Task TestOnlyClearTable() => TestOnlyClearTable(CancellationToken.None);

    public async Task TestOnlyClearTable(CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        var filter = TableClient.CreateQueryFilter($"ServiceId eq {_service} and DeploymentId eq {cluster.Value.ClusterId}");
        await foreach (var row in _table.QueryAsync(filter, pageSize: 1000, columns: null, cancellationToken))
        {
            rows.Add(row);
        }

        await _table.DeleteManyAsync(rows, cancellationToken);
    }

    private async Task<ReminderTableData> ReadAsync(IReadOnlyList<string> filters, CancellationToken cancellation)
    {
        var entries = new List<ReminderEntry>();
        foreach (var filter in filters)
        {
            await foreach (var row in _table.QueryAsync(filter, pageSize: 1000, columns: null, cancellation))
            {
                try
                {
                    entries.Add(ReminderRow.Read(row));
                }
                catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
                {
                    LogUnreadable(e, row.RowKey); // one odd row must not keep the others from ringing
                }
            }
        }

        return new ReminderTableData(entries);
    }

    [LoggerMessage(62, LogLevel.Error, "row {RowKey} of the reminder table cannot be read and is left out")]
    private partial void LogUnreadable(Exception exception, string rowKey);
}
