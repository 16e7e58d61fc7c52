using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.AzureTables.Webhooks;

/// <summary>
/// Keeps deliveries in a table of their own (docs/storage.md). A partition is a lane of an endpoint, so that an endpoint that does not answer
/// keeps no other waiting. Deliveries of tasks that end together share a transaction.
/// </summary>
internal sealed class AzureTableWebhookOutbox : IWebhookOutbox
{
    /// <summary>The table's name behind the prefix.</summary>
    public const string TableName = "Webhooks";

    private const int PageSize = 1_000;

    private readonly Table _table;
    private readonly GroupCommit<WebhookDelivery, bool> _additions;

    public AzureTableWebhookOutbox(TableStorage storage, TimeProvider time)
    {
        _table = storage.Table(storage.Options.TablePrefix + TableName);
        _additions = new(GroupCommitLimits.ForTasks(storage.Options.CallTimeout), AddAsync, time);
    }

    public Task AddAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellation) => Task.WhenAll(deliveries.Select(
        delivery => _additions.WriteAsync(
            WebhookRow.PartitionOf(delivery.Endpoint, delivery.Lane), delivery, rows: 1, WebhookRow.WireBytes(delivery), cancellation)));

    public async Task<bool> AddOnceAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        try
        {
            await _table.TransactAsync(
                [
                    new TableTransactionAction(TableTransactionActionType.Add, WebhookRow.Remember(delivery)),
                    new TableTransactionAction(TableTransactionActionType.UpsertReplace, WebhookRow.Write(delivery)),
                ],
                cancellation);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    public async IAsyncEnumerable<WebhookDelivery> ReadDueAsync(
        string endpoint, LaneRange lanes, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (lanes.Count == 0)
        {
            yield break;
        }

        var filter = $"{Of(endpoint, lanes)} and {TableClient.CreateQueryFilter($"RowKey lt {WebhookRow.AfterDue(now)}")}";
        await foreach (var row in _table.QueryAsync(filter, PageSize, columns: null, cancellation))
        {
            yield return WebhookRow.Read(row);
        }
    }

    public async Task RemoveAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        var row = WebhookRow.Write(delivery);
        try
        {
            await _table.DeleteAsync(row.PartitionKey, row.RowKey, new ETag(delivery.Version ?? ""), cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            // It was added again meanwhile, by an owner of the task that does not know of its end.
        }
    }

    public async Task PostponeAsync(WebhookDelivery delivery, WebhookDelivery next, CancellationToken cancellation)
    {
        try
        {
            await _table.TransactAsync(
                [
                    new TableTransactionAction(TableTransactionActionType.Delete, WebhookRow.Write(delivery), new ETag(delivery.Version ?? "")),
                    new TableTransactionAction(TableTransactionActionType.UpsertReplace, WebhookRow.Write(next)),
                ],
                cancellation);
        }
        catch (RequestFailedException e) when (e.Status is 412 or 404)
        {
            // Another process has made or postponed it, or it was added again and stays due.
        }
    }

    public async Task<WebhookBacklog> CountAsync(string endpoint, LaneRange lanes, int most, CancellationToken cancellation)
    {
        var (count, oldest) = (0, default(DateTimeOffset?));
        if (lanes.Count == 0)
        {
            return new WebhookBacklog(count, oldest);
        }

        var filter = $"{Of(endpoint, lanes)} and {TableClient.CreateQueryFilter($"RowKey lt {WebhookRow.Remembered}")}";
        await foreach (var row in _table.QueryAsync(filter, PageSize, [WebhookRow.Since], cancellation))
        {
            var since = row.GetDateTimeOffset(WebhookRow.Since);
            oldest = oldest is null || since < oldest ? since : oldest;
            if (++count == most)
            {
                break;
            }
        }

        return new WebhookBacklog(count, oldest);
    }

    public async Task SweepAsync(IReadOnlyCollection<string> endpoints, DateTimeOffset before, CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"Since lt {before}");
        await foreach (var page in _table.QueryPagesAsync(filter, PageSize, ["PartitionKey", "RowKey"], cancellation))
        {
            await _table.DeleteManyAsync(
                [
                    .. page.Where(row => row.RowKey.StartsWith(WebhookRow.Remembered, StringComparison.Ordinal)
                        || !endpoints.Contains(WebhookRow.EndpointOf(row.PartitionKey))),
                ],
                cancellation);
        }
    }

    private static string Of(string endpoint, LaneRange lanes) => TableClient.CreateQueryFilter(
        $"PartitionKey ge {WebhookRow.PartitionOf(endpoint, lanes.First)} and PartitionKey le {WebhookRow.PartitionOf(endpoint, lanes.First + lanes.Count - 1)}");

    private async Task AddAsync(IReadOnlyList<GroupCommit<WebhookDelivery, bool>.Entry> batch)
    {
        // A transaction may not have the same row twice; the last one is as good as the others.
        var rows = batch.Select(entry => WebhookRow.Write(entry.Item)).DistinctBy(row => row.RowKey).ToList();
        if (rows is [var only])
        {
            await _table.UpsertAsync(only, CancellationToken.None);
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
}
