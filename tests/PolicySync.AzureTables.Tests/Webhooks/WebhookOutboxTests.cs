using System.Globalization;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.AzureTables.Webhooks;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.AzureTables.Tests.Webhooks;

[Collection(AzuriteCollection.Name)]
public sealed class WebhookOutboxTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.Parse("2026-11-30T12:00:00Z", CultureInfo.InvariantCulture);

    private readonly Account _account = new(azurite);

    private TableClient Raw => _account.Raw(_account.Prefix + AzureTableWebhookOutbox.TableName);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Events_outlive_the_process_that_stored_them()
    {
        var (ofTask, other) = (OfTask(lane: 3), Other() with { Attempts = 2, FirstAttempt = Noon.AddMinutes(1) });
        await Outbox().AddAsync([ofTask, other], default);

        var found = await ReadAsync(Outbox(), "ops", LaneRange.All, Noon.AddYears(1));

        Assert.Equal([ofTask, other], found.Select(delivery => delivery with { Version = null }));
        Assert.All(found, delivery => Assert.NotNull(delivery.Version));
    }

    [Fact]
    public async Task Only_what_is_due_of_an_endpoint_and_of_some_lanes_is_read()
    {
        var outbox = Outbox();
        var due = Other() with { Lane = 5, Due = Noon };
        await outbox.AddAsync(
            [
                due, due with { Id = "msg_later", Due = Noon.AddMilliseconds(1) }, due with { Id = "msg_below", Lane = 4 },
                due with { Id = "msg_above", Lane = 8 }, due with { Id = "msg_other", Endpoint = "ops-2" }, due with { Id = "msg_longer", Endpoint = "ops-05" },
                due with { Id = "msg_last", Lane = 7, Due = Noon.AddDays(-1) },
            ],
            default);
        await outbox.AddOnceAsync(due with { Id = "msg_once", Lane = 6 }, default);

        Assert.Equal(["msg_0", "msg_once", "msg_last"], (await ReadAsync(outbox, "ops", new LaneRange(5, 3), Noon)).Select(delivery => delivery.Id));
        Assert.Equal(["msg_other"], (await ReadAsync(outbox, "ops-2", LaneRange.All, Noon)).Select(delivery => delivery.Id));
        Assert.Empty(await ReadAsync(outbox, "ops", new LaneRange(5, 0), Noon)); // more silos than lanes
    }

    [Fact]
    public async Task Storing_the_events_of_a_task_again_changes_nothing()
    {
        var delivery = OfTask(lane: 3);
        await Outbox().AddAsync([delivery], default);
        await Outbox().AddAsync([delivery with { Since = Noon.AddMinutes(1) }], default); // by another owner, later

        Assert.Equal(Noon.AddMinutes(1), Assert.Single(await ReadAsync(Outbox(), "ops", LaneRange.All, Noon.AddYears(1))).Since);
    }

    [Fact]
    public async Task An_event_that_was_made_is_gone_and_one_that_was_stored_again_meanwhile_is_not()
    {
        var outbox = Outbox();
        await outbox.AddAsync([OfTask(lane: 3)], default);
        var read = Assert.Single(await ReadAsync(outbox, "ops", LaneRange.All, Noon.AddYears(1)));
        await outbox.AddAsync([OfTask(lane: 3)], default);

        await outbox.RemoveAsync(read, default);
        var again = Assert.Single(await ReadAsync(outbox, "ops", LaneRange.All, Noon.AddYears(1)));
        await outbox.RemoveAsync(again, default);
        await outbox.RemoveAsync(again, default); // the answer was lost

        Assert.Empty(Raw.Query<TableEntity>());
    }

    [Fact]
    public async Task A_postponed_event_is_due_later_and_no_second_process_postpones_it_too()
    {
        var outbox = Outbox();
        await outbox.AddAsync([Other()], default);
        var read = Assert.Single(await ReadAsync(outbox, "ops", LaneRange.All, Noon));

        await outbox.PostponeAsync(read, read with { Due = Noon.AddMinutes(5), Attempts = 1, FirstAttempt = Noon }, default);
        await outbox.PostponeAsync(read, read with { Due = Noon.AddMinutes(6), Attempts = 1, FirstAttempt = Noon }, default);

        Assert.Empty(await ReadAsync(outbox, "ops", LaneRange.All, Noon.AddMinutes(4)));
        var next = Assert.Single(await ReadAsync(outbox, "ops", LaneRange.All, Noon.AddMinutes(7)));
        Assert.Equal((Noon.AddMinutes(5), 1, Noon, Noon), (next.Due, next.Attempts, next.FirstAttempt, next.Since));
        Assert.Single(Raw.Query<TableEntity>());
    }

    [Fact]
    public async Task An_event_that_is_stored_once_is_not_stored_again_after_it_was_made()
    {
        var outbox = Outbox();
        Assert.True(await outbox.AddOnceAsync(Other(), default));
        Assert.False(await Outbox().AddOnceAsync(Other() with { Since = Noon.AddHours(1), Due = Noon.AddHours(1) }, default));

        await outbox.RemoveAsync(Assert.Single(await ReadAsync(outbox, "ops", LaneRange.All, Noon.AddHours(2))), default);

        Assert.False(await outbox.AddOnceAsync(Other(), default));
        Assert.Empty(await ReadAsync(outbox, "ops", LaneRange.All, Noon.AddHours(2)));
        Assert.True(await outbox.AddOnceAsync(Other() with { Endpoint = "second" }, default)); // each endpoint for itself
    }

    [Fact]
    public async Task What_is_pending_is_counted_due_or_not_up_to_a_bound()
    {
        var outbox = Outbox();
        Assert.Equal(new WebhookBacklog(0, null), await outbox.CountAsync("ops", LaneRange.All, 100, default));
        await outbox.AddOnceAsync(Other(), default);
        await outbox.AddAsync([.. Enumerable.Range(1, 9).Select(n => Other() with { Id = $"msg_{n}", Since = Noon.AddHours(-n), Due = Noon.AddHours(n) })], default);

        Assert.Equal(new WebhookBacklog(10, Noon.AddHours(-9)), await outbox.CountAsync("ops", LaneRange.All, 100, default));
        Assert.Equal(4, (await outbox.CountAsync("ops", LaneRange.All, 4, default)).Count);
    }

    [Fact]
    public async Task A_sweep_forgets_old_ids_and_old_events_for_endpoints_that_are_no_longer_configured()
    {
        var outbox = Outbox();
        await outbox.AddOnceAsync(Other(), default);
        await outbox.AddAsync([Other() with { Id = "msg_1" }, Other() with { Id = "msg_2", Endpoint = "former" }], default);
        await outbox.AddAsync([Other() with { Id = "msg_3", Endpoint = "former", Since = Noon.AddDays(2) }], default);

        await outbox.SweepAsync(["ops"], Noon.AddDays(1), default);

        Assert.Equal(["msg_0", "msg_1", "msg_3"], Raw.Query<TableEntity>().Select(row => row.RowKey[18..]).Order(StringComparer.Ordinal));
        Assert.True(await outbox.AddOnceAsync(Other(), default));
    }

    [Fact]
    public async Task Events_of_tasks_that_end_together_share_transactions()
    {
        var outbox = Outbox();
        await outbox.AddAsync([Other()], default); // makes the table
        using var operations = new OperationLog(_account.Prefix);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(n => outbox.AddAsync([Other() with { Id = $"msg_{n}" }], default)));

        Assert.Equal(500, (await ReadAsync(outbox, "ops", LaneRange.All, Noon)).Count);
        Assert.InRange(operations.Of("Webhooks", "transaction") + operations.Of("Webhooks", "update"), 5, 30);
    }

    private AzureTableWebhookOutbox Outbox() => new(_account.Storage(), TimeProvider.System);

    private static WebhookDelivery OfTask(int lane)
    {
        var task = new SyncTask { Id = TaskId.Create(Noon.AddMinutes(-1), lane, 7), Request = Account.TableRequest(), CreateTime = Noon.AddMinutes(-1) };
        return WebhookDelivery.Of("ops", WebhookEvents.TaskEnded, "one", task, Noon);
    }

    private static WebhookDelivery Other() => new()
    {
        Endpoint = "ops", Event = WebhookEvents.PoliciesRefused, Id = "msg_0", Lane = 60, Payload = """{"type":"policies.refused"}""", Since = Noon, Due = Noon,
    };

    private static async Task<List<WebhookDelivery>> ReadAsync(AzureTableWebhookOutbox outbox, string endpoint, LaneRange lanes, DateTimeOffset now)
    {
        var found = new List<WebhookDelivery>();
        await foreach (var delivery in outbox.ReadDueAsync(endpoint, lanes, now, default))
        {
            found.Add(delivery);
        }

        return found;
    }
}
