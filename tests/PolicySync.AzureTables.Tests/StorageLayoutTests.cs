using System.Globalization;
using Azure.Data.Tables;
using Orleans.Runtime;
using PolicySync.AzureTables.Access;
using PolicySync.AzureTables.Drift;
using PolicySync.AzureTables.Policies;
using PolicySync.AzureTables.Suspensions;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.GrainState;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.AzureTables.Webhooks;
using PolicySync.Core;
using PolicySync.Core.Drift;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.AzureTables.Tests;

/// <summary>docs/storage.md is what is written, column by column.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class StorageLayoutTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Grain_state_is_as_described()
    {
        using var storage = await GrainStorageHarness.StartAsync(azurite);
        await storage.WriteAsync(GrainId.Create("stock", "k1"), 7);

        LayoutPage.AssertDescribes("Grain state", Single(storage.Raw), "unless cleared");
    }

    [Fact]
    public async Task Open_tasks_are_as_described()
    {
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest() with { Subject = "ann", Event = new SyncEvent { Source = "hub" } }, default);
        var row = Single(_account.RawOpen);
        Assert.Equal(task.Id.Lane.ToString("D2", CultureInfo.InvariantCulture), row.PartitionKey);
        Assert.Equal(task.Id.Value.ToString("D19", CultureInfo.InvariantCulture), row.RowKey);
        Assert.Equal(("NEW", "RESOURCE_SYNC", task.CreateTime), (row.GetString("Status"), row.GetString("Type"), row.GetDateTimeOffset("CreateTime")!.Value));
        LayoutPage.AssertDescribes("Open tasks", row, "always");

        await store.SaveAsync(Whole(task) with { Status = SyncTaskStatus.InProgress }, default);
        LayoutPage.AssertDescribes("Open tasks", Single(_account.RawOpen), "always", "sometimes");
    }

    [Fact]
    public async Task Keys_of_tasks_are_as_described()
    {
        var options = new Microsoft.Extensions.Options.OptionsWrapper<PolicySync.Core.Options.TasksOptions>(new());
        await new AzureTableTaskKeys(_account.Storage(), options, TimeProvider.System)
            .ClaimAsync(TaskKey.OfCaller("ann", "k1", Account.TableRequest()), new TaskId(77), default);

        var row = Single(_account.Raw(_account.Prefix + "TaskKeys"));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("[\"subject ann\",\"k1\"]"u8));
        Assert.Equal((hash[..2], hash, "77"), (row.PartitionKey, row.RowKey, row.GetString("TaskId")));
        LayoutPage.AssertDescribes("Keys of tasks", row, "always");
    }

    [Fact]
    public async Task Policies_of_plans_are_as_described()
    {
        await new AzureTableCandidateSets(_account.Storage(), TimeProvider.System).PutAsync("ab12", [1, 2, 3], default);

        var row = Single(_account.Raw(_account.Prefix + "PlanPolicies"));
        Assert.Equal(("ab12", "0000"), (row.PartitionKey, row.RowKey));
        LayoutPage.AssertDescribes("Policies of plans", row, "always");
    }

    [Fact]
    public async Task Policies_of_the_watch_are_as_described()
    {
        await new AzureTableWatchedSets(_account.Storage()).PutAsync("ab12", [1, 2, 3], default);

        var row = Single(_account.Raw(_account.Prefix + "WatchedPolicies"));
        Assert.Equal(("ab12", "0000"), (row.PartitionKey, row.RowKey));
        LayoutPage.AssertDescribes("Policies of the watch", row, "always");
    }

    [Fact]
    public async Task Finished_tasks_are_as_described()
    {
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest() with { Subject = "ann", Event = new SyncEvent { Source = "hub" } }, default);
        await store.FinishAsync(Whole(task), default);

        var rows = _account.RawFinished.Query<TableEntity>().ToList();
        var day = task.Id.Time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var number = (long.MaxValue - task.Id.Value).ToString("D19", CultureInfo.InvariantCulture);
        Assert.All(rows, row => Assert.Equal($"{day}-{task.Id.Lane % 8}", row.PartitionKey));
        Assert.Equal(
            [$"ALL-{number}", $"BY-{HashOf("ann")}-{number}", $"FAILED-{number}", $"OF-{HashOf("main.sales.orders")}-{number}"],
            rows.Select(row => row.RowKey));
        LayoutPage.AssertDescribes("Finished tasks", rows[0], "always", "sometimes", "in ALL");
        LayoutPage.AssertDescribes("Finished tasks", rows[1], "always", "sometimes");
        LayoutPage.AssertDescribes("Finished tasks", rows[2], "always", "sometimes");
        LayoutPage.AssertDescribes("Finished tasks", rows[3], "always", "sometimes", "in OF");
        Assert.All(rows.Skip(1), row => Assert.DoesNotContain("Request", row.Keys));

        await store.LinkRetryAsync(task.Id, new TaskId(78), default);
        LayoutPage.AssertDescribes("Finished tasks", _account.RawFinished.Query<TableEntity>().First(), "always", "sometimes", "in ALL", "if retried");

        static string HashOf(string name) =>
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..32];
    }

    [Fact]
    public async Task Results_are_as_described()
    {
        var id = TaskId.Create(DateTimeOffset.Parse("2026-11-23T12:00:00Z", CultureInfo.InvariantCulture), 3, 77);
        await _account.TaskStore().SaveResultsAsync(
            id, 41, [ResourceResult.Skip("table", "main.s.t", SyncErrorCode.SecurableNotFound, "gone")], default);

        var row = Single(_account.RawResults);
        Assert.Equal("20261123-3", row.PartitionKey);
        Assert.Equal($"{id.Value.ToString("D19", CultureInfo.InvariantCulture)}-0000000000000000041", row.RowKey);
        Assert.Equal(("SKIPPED", "SECURABLE_NOT_FOUND"), (row.GetString("Status"), row.GetString("ErrorCode")));
        LayoutPage.AssertDescribes("Results", row, "always", "sometimes");
    }

    [Fact]
    public async Task The_row_of_a_due_securable_is_as_documented()
    {
        var due = DateTimeOffset.Parse("2026-11-23T12:34:56Z", CultureInfo.InvariantCulture);
        await new AzureTableDueStore(_account.Storage()).AddAsync([new DueSecurable(Securable.Table("main", "s", "t"), due, 3)], default);

        var row = Single(_account.Raw(_account.Prefix + "Due"));
        Assert.Equal(
            ("202611231234", "3-56-03-28b3c7a5"),
            (row.PartitionKey, row.RowKey[..16]));
        Assert.Equal(8 + 64, row.RowKey.Length);
        Assert.Equal(("table", "main.s.t", due, 3), (row.GetString("Type"), row.GetString("FullName"), row.GetDateTimeOffset("Due")!.Value, row.GetInt32("Attempt")));
        LayoutPage.AssertDescribes("Due securables", row, "always");
    }

    [Fact]
    public async Task Recorded_differences_are_as_described()
    {
        var table = Securable.Table("main", "s", "t");
        var record = DriftRecord.NoneOf(table).After([new Difference(DriftKind.Foreign, null, "eve@x.io", "MODIFY", null)], _ => true, adds: true, DateTimeOffset.UnixEpoch);
        Assert.True(await new AzureTableDrift(_account.Storage()).SetAsync(record, default));

        var row = Single(_account.Raw(_account.Prefix + "Drift"));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("table main.s.t"u8))[..32];
        Assert.Equal(("all", hash, "table", "main.s.t", 1), (row.PartitionKey, row.RowKey, row.GetString("Type"), row.GetString("FullName"), row.GetInt32("Count")));
        LayoutPage.AssertDescribes("Recorded differences", row, "always");
    }

    [Fact]
    public async Task Suspensions_are_as_described()
    {
        var end = DateTimeOffset.Parse("2026-11-23T12:34:56Z", CultureInfo.InvariantCulture);
        await new AzureTableSuspensions(_account.Storage()).SetAsync(new Suspension(NamePattern.Parse("Main.s?les"), "an audit", end, "ann", end.AddDays(-1)), default);

        var row = Single(_account.Raw(_account.Prefix + "Suspensions"));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("main.s?les"u8));
        Assert.Equal(("all", hash, "main.s?les", end), (row.PartitionKey, row.RowKey, row.GetString("Pattern"), row.GetDateTimeOffset("EndTime")!.Value));
        LayoutPage.AssertDescribes("Suspensions", row, "always", "sometimes");
    }

    [Fact]
    public async Task The_index_of_access_is_as_described()
    {
        var table = Securable.Table("main", "s", "t");
        await new AzureTableAccessIndex(_account.Storage(), IdGenerator.System)
            .WriteAsync(table, new Dictionary<string, string?> { [AccessIndexKey.OfPrincipal("ann@x.io")] = "{}" }, default);

        var row = Single(_account.Raw(_account.Prefix + "Access"));
        static string HashOf(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Equal((HashOf("p ann@x.io"), $"main.s.t {HashOf("table main.s.t")[..24]}"), (row.PartitionKey, row.RowKey));
        Assert.Equal(("p ann@x.io", "table", "main.s.t"), (row.GetString("Key"), row.GetString("Type"), row.GetString("FullName")));
        LayoutPage.AssertDescribes("Index of access", row, "always");
    }

    [Fact]
    public async Task Names_of_objects_are_as_described()
    {
        await new AzureTableObjectNames(_account.Storage())
            .SetAsync(new ObjectName(Securable.Table("main", "s", "t"), "id-1", "{}"), default);

        var row = Single(_account.Raw(_account.Prefix + "ObjectNames"));
        Assert.Equal((2, 64 + 1 + 64), (row.PartitionKey.Length, row.RowKey.Length));
        Assert.StartsWith(row.PartitionKey, row.RowKey, StringComparison.Ordinal);
        Assert.Equal(("table", "main.s.t", "id-1"), (row.GetString("Type"), row.GetString("FullName"), row.GetString("Identity")));
        LayoutPage.AssertDescribes("Names of objects", row, "always", "sometimes");
    }

    [Fact]
    public async Task Events_for_webhooks_are_as_described()
    {
        var noon = DateTimeOffset.Parse("2026-11-30T12:00:00.123Z", CultureInfo.InvariantCulture);
        var task = new SyncTask { Id = TaskId.Create(noon, 3, 77), Request = Account.TableRequest(), CreateTime = noon };
        var outbox = new AzureTableWebhookOutbox(_account.Storage(), TimeProvider.System);
        await outbox.AddAsync([WebhookDelivery.Of("ops", WebhookEvents.TaskEnded, "one", task, noon) with { Attempts = 1, FirstAttempt = noon }], default);
        await outbox.AddOnceAsync(
            new WebhookDelivery { Endpoint = "ops", Event = WebhookEvents.PoliciesRefused, Id = "msg_1", Lane = 4, Payload = "{}", Since = noon, Due = noon }, default);

        var rows = _account.Raw(_account.Prefix + "Webhooks").Query<TableEntity>().ToList();
        var id = WebhookDelivery.IdOf("one", "task.ended", task.Id.ToString());
        Assert.Equal(
            [("ops_03", $"20261130120000123-{id}"), ("ops_04", "20261130120000123-msg_1"), ("ops_04", "seen-msg_1")],
            rows.Select(row => (row.PartitionKey, row.RowKey)));
        LayoutPage.AssertDescribes("Events for webhooks", rows[0], "always", "in events", "about tasks", "sometimes");
        LayoutPage.AssertDescribes("Events for webhooks", rows[1], "always", "in events", "in others");
        LayoutPage.AssertDescribes("Events for webhooks", rows[2], "always");
    }

    private static SyncTask Whole(SyncTask task) => task with
    {
        Status = SyncTaskStatus.Failed,
        Outcome = SyncTaskOutcome.Partial,
        StartTime = task.CreateTime.AddSeconds(1),
        EndTime = task.CreateTime.AddSeconds(2),
    };

    private static TableEntity Single(TableClient table) => Assert.Single(table.Query<TableEntity>());
}
