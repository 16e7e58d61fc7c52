using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;
using Xunit.Abstractions;

namespace PolicySync.Cluster.Tests;

public sealed class CancelTests(AzuriteFixture azurite, ITestOutputHelper output) : ClusterTest(azurite)
{
    private const string Catalog = "walk";

    [Fact]
    public async Task A_walk_of_5000_tables_that_is_cancelled_leaves_no_open_write_and_a_repeat_does_the_rest()
    {
        await ArrangeAsync(schemas: 5);
        var cluster = await StartAsync(silos: 2, gateways: 1);
        using var client = cluster.Client();
        var id = await client.PostAsync(Payload.Catalog(Catalog));
        await UntilDoneAsync(client, id, 300);

        var since = Stopwatch.GetTimestamp();
        await client.CancelAsync(id);
        var ended = await client.EndOfAsync(id, seconds: 30);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the task ended {Stopwatch.GetElapsedTime(since).TotalSeconds:F2} s after the cancel; limit: 2 s"));
        Assert.Equal(("FAILED", "CANCELLED"), ((string?)ended["status"], (string?)ended["outcome"]));
        Assert.InRange((int)ended["progress"]!["done"]!, 300, 4_500);
        Assert.Equal(0, await OpenWritesAsync(cluster));
        await AssertRepeatDoesTheRestAsync(client);
    }

    [Fact]
    public async Task Silos_killed_between_cancel_and_end_change_nothing_of_that()
    {
        await ArrangeAsync(schemas: 1);
        var cluster = await StartAsync(silos: 2, gateways: 1, ("Workspace:WriteTimeout", "00:00:02"));
        using var client = cluster.Client();
        await Emulator.FaultAsync(new { id = "slow", method = "PATCH", path = "*/permissions/table/walk.*", holdSeconds = 1, probability = 0.2, seed = 7 });
        var id = await client.PostAsync(Payload.Catalog(Catalog));
        await UntilDoneAsync(client, id, 100);

        var cancelled = await client.CancelAsync(id);
        await Task.WhenAll(cluster.Silos.Select(silo => silo.KillAsync()));
        await cluster.RestoreAsync();
        var ended = await client.EndOfAsync(id, seconds: 90);

        output.WriteLine($"shown by the cancel: {cancelled["message"]}; at the end: {ended["message"]}");
        Assert.Equal(("FAILED", "CANCELLED"), ((string?)ended["status"], (string?)ended["outcome"]));
        Assert.InRange((int)ended["progress"]!["done"]!, 100, 990);
        Assert.Equal(0, await OpenWritesAsync(cluster));
        await AssertRepeatDoesTheRestAsync(client);
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
    }

    private async Task ArrangeAsync(int schemas)
    {
        await Emulator.GenerateAsync(Catalog, schemas, tablesPerSchema: 1_000);
        Policies.Clear().Allow("read", $"{Catalog}.*.*", "select", "@analysts").Publish();
    }

    private static async Task UntilDoneAsync(ServiceClient client, string id, int securables) => await Wait.ForAsync(
        () => client.GetAsync(id), task => (int)task["progress"]!["done"]! >= securables, TimeSpan.FromSeconds(60), task => $"{task}");

    private static async Task AssertRepeatDoesTheRestAsync(ServiceClient client)
    {
        var repeated = await client.EndOfAsync(await client.PostAsync(Payload.Catalog(Catalog)), seconds: 180);
        Assert.True((string?)repeated["status"] == "SUCCESS", $"{repeated}");
        var again = await client.EndOfAsync(await client.PostAsync(Payload.Catalog(Catalog)), seconds: 180);
        Assert.Equal((0, (int)repeated["progress"]!["done"]!), ((int)again["progress"]!["changed"]!, (int)again["progress"]!["total"]!));
    }

    // What the stored states of securables say, read without the service's code.
    private async Task<int> OpenWritesAsync(ServiceCluster cluster)
    {
        var states = new TableClient(ConnectionString, "OrleansGrainState");
        var service = cluster.TablePrefix[1..]; // all keys of the cluster begin with its service id
        var open = 0;
        await foreach (var row in states.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey ge {service} and PartitionKey lt {service + "~"}")))
        {
            if (row.GetBinary("Data") is { } data && JsonDocument.Parse(data).RootElement.TryGetProperty("openIntentOf", out var writer))
            {
                open += writer.ValueKind == JsonValueKind.Null ? 0 : 1;
            }
        }

        return open;
    }
}
