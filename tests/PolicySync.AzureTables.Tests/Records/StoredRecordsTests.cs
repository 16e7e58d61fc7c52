using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using PolicySync.AzureTables.Records;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.GrainState;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;

namespace PolicySync.AzureTables.Tests.Records;

[Collection(AzuriteCollection.Name)]
public sealed class StoredRecordsTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);
    private readonly string _instance = $"i{Guid.NewGuid():N}";

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task States_that_the_provider_wrote_are_listed_by_key_in_pages_and_others_are_not()
    {
        // The provider's own table, which other tests do not write; the instance is this test's.
        using var storage = await GrainStorageHarness.StartAsync(_account.ConnectionString, AzureTableStorageOptions.DEFAULT_TABLE_NAME);
        string[] keys = [.. Enumerable.Range(0, 5).Select(n => $"{_instance}:table:main.sales.t{n}"), $"{_instance}:table:main.sales.~C3~B3"];
        foreach (var (key, n) in keys.Select((key, n) => (key, n)))
        {
            await storage.WriteAsync(GrainId.Create("resource", key), n, "resource");
        }

        await storage.WriteAsync(GrainId.Create("resource", $"{_instance}2:table:main.sales.other"), 9, "resource"); // another instance
        await storage.WriteAsync(GrainId.Create("verify", keys[0]), 9, "resource"); // another grain
        await storage.WriteAsync(GrainId.Create("resource", keys[0]), 9, "beside"); // another state

        foreach (var size in new[] { 1, 4, 100 })
        {
            var listed = await StatesAsync(size, "svc");

            Assert.Equal(keys, listed.Select(state => state.Key));
            Assert.Equal(Enumerable.Range(0, keys.Length), listed.Select(state => StoredJson.Read<Stock>(state.Json).Count));
        }

        Assert.Empty(await StatesAsync(100, "sv"));
        Assert.Empty(await StatesAsync(100, "svc2"));
    }

    [Fact]
    public async Task A_service_whose_name_has_characters_that_keys_may_not_have_finds_its_states()
    {
        var row = new Azure.Data.Tables.TableEntity($"a_b_c_resource_{_instance}:catalog:main", "resource") { ["Data"] = "{}"u8.ToArray() };
        var table = _account.Raw(AzureTableStorageOptions.DEFAULT_TABLE_NAME);
        await table.CreateIfNotExistsAsync();
        await table.AddEntityAsync(row);

        Assert.Equal($"{_instance}:catalog:main", Assert.Single(await StatesAsync(10, "a/b#c")).Key);
    }

    [Fact]
    public async Task A_state_that_was_cleared_is_left_out()
    {
        using var storage = await GrainStorageHarness.StartAsync(_account.ConnectionString, AzureTableStorageOptions.DEFAULT_TABLE_NAME);
        var grain = GrainId.Create("resource", $"{_instance}:catalog:main");
        await storage.WriteAsync(grain, 1, "stock");
        await storage.ClearAsync(grain, await storage.ReadAsync(grain));

        Assert.Empty(await StatesAsync(10, "svc"));
    }

    [Fact]
    public async Task States_that_are_set_aside_are_found_in_every_partition_page_by_page()
    {
        var names = new AzureTableObjectNames(_account.Storage());
        for (var n = 0; n < 40; n++)
        {
            var name = new ObjectName(Securable.Table("main", "sales", $"t{n}"), $"id-{n}");
            await names.SetAsync(n % 2 == 0 ? name with { Parked = $"{{\"n\":{n}}}" } : name, default);
        }

        foreach (var size in new[] { 1, 3, 100 })
        {
            var (listed, after) = (new List<ObjectName>(), (string?)null);
            do
            {
                var slice = await Records("svc").ListParkedAsync(after, size, default);
                Assert.True(slice.Items.Count <= size);
                listed.AddRange(slice.Items);
                after = slice.Next;
            }
            while (after is not null);

            Assert.Equal(
                Enumerable.Range(0, 20).Select(n => $"id-{2 * n} {{\"n\":{2 * n}}}").Order(StringComparer.Ordinal),
                listed.Select(name => $"{name.Identity} {name.Parked}").Order(StringComparer.Ordinal));
        }
    }

    private async Task<List<StoredState>> StatesAsync(int size, string service)
    {
        var (listed, after) = (new List<StoredState>(), (string?)null);
        do
        {
            var slice = await Records(service).ListStatesAsync($"{_instance}:", after, size, default);
            Assert.True(slice.Items.Count <= size);
            listed.AddRange(slice.Items);
            after = slice.Next;
        }
        while (after is not null);
        return listed;
    }

    private AzureTableRecords Records(string service) => new(_account.Storage(), Options.Create(new ClusterOptions { ServiceId = service }));
}
