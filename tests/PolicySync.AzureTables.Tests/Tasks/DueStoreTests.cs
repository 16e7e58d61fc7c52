using System.Globalization;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class DueStoreTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly Securable Orders = Securable.Table("main", "sales", "orders");

    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Due_securables_are_read_by_another_process_and_later_ones_are_not()
    {
        DueSecurable[] all =
        [
            new(Orders, At("11:59:59"), 0), new(Securable.Catalog("main"), At("12:00:30"), 2), new(Orders, At("12:00:30"), 0),
            new(Orders, At("12:00:31"), 0), new(Orders, At("13:00:00"), 0),
        ];
        await Store().AddAsync(all, default);

        Assert.Equal(all[..3], await ReadAsync("12:00:30"));
        await Store().RemoveAsync(all[..3], default);
        Assert.Empty(await ReadAsync("12:00:30"));
        Assert.Equal(all[3..4], await ReadAsync("12:00:31"));
    }

    [Fact]
    public async Task Within_a_minute_containers_come_before_what_they_contain()
    {
        await Store().AddAsync(
            [new(Orders, At("12:00:01"), 0), new(Securable.Schema("main", "sales"), At("12:00:20"), 0), new(Securable.Catalog("main"), At("12:00:40"), 0)],
            default);

        Assert.Equal(
            ["catalog main", "schema main.sales", "table main.sales.orders"],
            (await ReadAsync("12:01:00")).Select(due => due.Securable.ToString()));
    }

    [Fact]
    public async Task A_securable_is_stored_once_per_due_time_and_each_time_is_removed_alone()
    {
        DueSecurable early = new(Orders, At("12:00:10"), 0), late = new(Orders, At("12:00:40"), 0);
        await Store().AddAsync([early, early, late], default);
        await Store().AddAsync([early], default);
        Assert.Equal([early, late], await ReadAsync("12:05:00"));

        await Store().RemoveAsync([early], default);
        await Store().RemoveAsync([early], default);

        Assert.Equal([late], await ReadAsync("12:05:00"));
    }

    [Fact]
    public async Task Hundreds_of_due_times_are_written_and_removed_even_if_some_are_already_gone()
    {
        var all = Enumerable.Range(0, 250).Select(n => new DueSecurable(Securable.Table("main", "s", $"t{n}"), At("12:00:00"), 0)).ToList();
        await Store().AddAsync(all, default);
        Assert.Equal(250, (await ReadAsync("12:00:00")).Count);
        await Store().RemoveAsync([all[7], all[130]], default);

        await Store().RemoveAsync(all, default);

        Assert.Empty(await ReadAsync("12:00:00"));
    }

    [Fact]
    public async Task A_function_and_a_model_of_the_same_name_and_names_of_the_greatest_length_are_stored_separately_and_completely()
    {
        var name = new string('\u00fc', 255);
        DueSecurable[] all =
        [
            new(Securable.Of(SecurableType.Function, "m", "s", "f"), At("12:00:00"), 0), new(Securable.Of(SecurableType.Model, "m", "s", "f"), At("12:00:00"), 0),
            new(Securable.Table(name, name, name), At("12:00:00"), 0), new(Securable.Table("m", "s", "a'b#c\\d%"), At("12:00:00"), 0),
        ];

        await Store().AddAsync(all, default);

        Assert.Equal(all.ToHashSet(), (await ReadAsync("12:00:00")).ToHashSet());
    }

    [Fact]
    public async Task A_securable_type_of_a_newer_version_is_left_for_that_version()
    {
        await Store().AddAsync([new(Orders, At("12:00:00"), 0)], default);
        var raw = _account.Raw(_account.Prefix + "Due");
        var row = Assert.Single(raw.Query<TableEntity>());
        row["Type"] = "hologram";
        row.RowKey = "3-00-00-other";
        await raw.AddEntityAsync(row);

        Assert.Single(await ReadAsync("12:00:00"));
        Assert.Equal(2, raw.Query<TableEntity>().Count());
    }

    private AzureTableDueStore Store() => new(_account.Storage());

    private async Task<List<DueSecurable>> ReadAsync(string time)
    {
        var found = new List<DueSecurable>();
        await foreach (var due in Store().ReadAsync(At(time), default))
        {
            found.Add(due);
        }

        return found;
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-03-01T{time}Z", CultureInfo.InvariantCulture);
}
