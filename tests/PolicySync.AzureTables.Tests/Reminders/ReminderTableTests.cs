using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Runtime;
using PolicySync.AzureTables.Reminders;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.Reminders;

[Collection(AzuriteCollection.Name)]
public sealed class ReminderTableTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly DateTime Start = new(2026, 11, 23, 12, 0, 0, 250, DateTimeKind.Utc);

    private readonly Account _account = new(azurite);

    private TableClient Raw => _account.Raw(_account.Prefix + "Reminders");

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_reminder_is_read_back_whole()
    {
        var table = await StartAsync();
        var written = Reminder("a", "tick");
        var etag = await table.UpsertRow(written);

        var read = await (await StartAsync()).ReadRow(written.GrainId, "tick");
        Assert.NotNull(read);
        Assert.Equal((written.GrainId, "tick", Start, written.Period), (read.GrainId, read.ReminderName, read.StartAt, read.Period));
        Assert.Equal(DateTimeKind.Utc, read.StartAt.Kind);
        Assert.Equal(etag, read.ETag);
    }

    [Fact]
    public async Task A_reminder_that_is_not_there_is_null() =>
        Assert.Null(await (await StartAsync()).ReadRow(Reminder("a", "tick").GrainId, "tick"));

    [Fact]
    public async Task Registering_again_replaces_the_reminder_and_its_ETag()
    {
        var table = await StartAsync();
        var first = await table.UpsertRow(Reminder("a", "tick"));
        var again = Reminder("a", "tick");
        again.Period = TimeSpan.FromDays(2);
        var second = await table.UpsertRow(again);

        Assert.NotEqual(first, second);
        var read = Assert.Single((await table.ReadRows(again.GrainId)).Reminders);
        Assert.Equal((TimeSpan.FromDays(2), second), (read.Period, read.ETag));
    }

    [Fact]
    public async Task Registering_at_once_from_many_silos_leaves_one_reminder()
    {
        var tables = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync()));
        var etags = await Task.WhenAll(tables.Select(table => table.UpsertRow(Reminder("a", "tick"))));

        var read = Assert.Single((await tables[0].ReadRows(Reminder("a", "tick").GrainId)).Reminders);
        Assert.Equal(8, etags.Distinct().Count());
        Assert.Contains(read.ETag, etags);
    }

    [Fact]
    public async Task A_reminder_is_removed_by_its_latest_ETag_only()
    {
        var table = await StartAsync();
        var reminder = Reminder("a", "tick");
        var old = await table.UpsertRow(reminder);
        var latest = await table.UpsertRow(reminder);

        Assert.False(await table.RemoveRow(reminder.GrainId, "tick", old!));
        Assert.False(await table.RemoveRow(reminder.GrainId, "tock", latest!));
        Assert.True(await table.RemoveRow(reminder.GrainId, "tick", latest!));
        Assert.False(await table.RemoveRow(reminder.GrainId, "tick", latest!));
        Assert.Null(await table.ReadRow(reminder.GrainId, "tick"));
    }

    [Fact]
    public async Task A_grains_reminders_are_its_own_also_where_another_grains_key_begins_alike()
    {
        var table = await StartAsync();
        var grain = Reminder("a", "tick").GrainId;
        await table.UpsertRow(Reminder("a", "tick"));
        await table.UpsertRow(Reminder("a", "tock"));
        await table.UpsertRow(Reminder("b", "tick"));

        // A grain whose id goes on with a dash, put into the same partition, as a collision of hashes would.
        await Raw.AddEntityAsync(new TableEntity(await Raw.QueryAsync<TableEntity>(row => row.RowKey == "bell_a-tick").SingleAsync())
        {
            RowKey = "bell_a-z-tick", ["GrainReference"] = "bell/a-z",
        });

        Assert.Equal(["tick", "tock"], (await table.ReadRows(grain)).Reminders.Select(one => one.ReminderName).Order());
    }

    [Fact]
    public async Task A_range_of_the_ring_holds_the_grains_of_that_range_also_over_its_end()
    {
        var table = await StartAsync();
        var other = await StartAsync("svc_00000000");
        var reminders = Enumerable.Range(0, 60).Select(n => Reminder($"g{n}", "tick")).ToList();
        await Task.WhenAll(reminders.Select(table.UpsertRow));
        await Task.WhenAll(reminders.Take(5).Select(other.UpsertRow));
        var hashes = reminders.ConvertAll(one => one.GrainId.GetUniformHashCode());
        hashes.Sort();

        // Bounds on hashes themselves: the lower one is out, the upper one is in.
        foreach (var (begin, end) in new[] { (hashes[10], hashes[40]), (hashes[40], hashes[10]), (0u, uint.MaxValue), (hashes[3], hashes[3]), (uint.MaxValue, 0u), (0u, 0u) })
        {
            var expected = reminders.Select(one => one.GrainId).Where(grain => IsIn(grain.GetUniformHashCode(), begin, end));
            var read = (await table.ReadRows(begin, end)).Reminders.Select(one => one.GrainId);
            Assert.Equal(expected.OrderBy(grain => grain.ToString()), read.OrderBy(grain => grain.ToString()));
        }

        Assert.Equal(5, (await other.ReadRows(0, 0)).Reminders.Count);
    }

    [Fact]
    public async Task More_reminders_than_a_page_holds_are_all_read()
    {
        var table = await StartAsync();
        await table.UpsertRow(Reminder("a", "tick"));
        var model = Raw.Query<TableEntity>().Single();
        foreach (var lot in Enumerable.Range(0, 1_050).Chunk(100))
        {
            await Raw.SubmitTransactionAsync(lot.Select(n => new TableTransactionAction(
                TableTransactionActionType.Add, new TableEntity(model) { RowKey = $"bell_a-t{n}", ["ReminderName"] = $"t{n}" })));
        }

        Assert.Equal(1_051, (await table.ReadRows(0, 0)).Reminders.Count);
        Assert.Equal(1_051, (await table.ReadRows(Reminder("a", "tick").GrainId)).Reminders.Count);
    }

    [Fact]
    public async Task A_reminder_is_written_as_the_official_provider_writes_it()
    {
        var reminder = Reminder("x/y#z", "ti?ck");
        var hash = reminder.GrainId.GetUniformHashCode().ToString("X8");
        await (await StartAsync()).UpsertRow(reminder);

        var row = Raw.Query<TableEntity>().Single();
        Assert.Equal(($"svc_{hash}", "bell_x_y_z-ti_ck"), (row.PartitionKey, row.RowKey));
        LayoutPage.AssertDescribes("Reminders", row, "always");
        Assert.Equal(
            new Dictionary<string, object>
            {
                ["GrainReference"] = "bell/x/y#z",
                ["ReminderName"] = "ti?ck",
                ["ServiceId"] = "svc",
                ["DeploymentId"] = "blue",
                ["StartAt"] = "2026-11-23 12:00:00.250 GMT",
                ["Period"] = "1.02:03:04.5000000",
                ["GrainRefConsistentHash"] = hash,
            },
            row.Where(cell => cell.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).ToDictionary());
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_does_not_hide_the_others()
    {
        var table = await StartAsync();
        await table.UpsertRow(Reminder("a", "tick"));
        var row = new TableEntity(Raw.Query<TableEntity>().Single()) { RowKey = "bell_a-tock", ["StartAt"] = "some day" };
        await Raw.AddEntityAsync(row);

        Assert.Equal("tick", Assert.Single((await table.ReadRows(0, 0)).Reminders).ReminderName);
    }

    [Fact]
    public async Task A_name_that_makes_no_key_is_refused_and_nothing_is_written()
    {
        var table = await StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => table.UpsertRow(Reminder("a", new string('x', 1_024))));
        Assert.Empty(Raw.Query<TableEntity>());
    }

    private static bool IsIn(uint hash, uint begin, uint end) =>
        begin == end || (begin < end ? hash > begin && hash <= end : hash > begin || hash <= end);

    private static ReminderEntry Reminder(string key, string name) => new()
    {
        GrainId = GrainId.Create("bell", key),
        ReminderName = name,
        StartAt = Start,
        Period = new TimeSpan(1, 2, 3, 4, 500),
    };

    private async Task<AzureTableReminderTable> StartAsync(string service = "svc")
    {
        var table = new AzureTableReminderTable(
            _account.Storage(),
            Microsoft.Extensions.Options.Options.Create(new ClusterOptions { ClusterId = "blue", ServiceId = service }),
            Microsoft.Extensions.Options.Options.Create(new AzureTableReminderOptions { TableName = _account.Prefix + "Reminders" }),
            NullLogger<AzureTableReminderTable>.Instance);
        await table.StartAsync();
        return table;
    }
}
