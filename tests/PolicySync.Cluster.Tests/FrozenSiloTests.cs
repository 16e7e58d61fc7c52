using System.Net;

namespace PolicySync.Cluster.Tests;

public sealed class FrozenSiloTests(AzuriteFixture azurite) : ClusterTest(azurite)
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task A_silo_that_was_frozen_during_a_write_writes_nothing_after_it_was_declared_dead()
    {
        var cluster = await StartAsync(silos: 2, gateways: 1, ("Workspace:WriteTimeout", "00:00:25"), ("Sync:ParentUse", "false"), ("Metrics:All", "true"));
        using var client = cluster.Client();
        await Emulator.FaultAsync(new { id = "held", method = "PATCH", path = $"*/permissions/table/{Tables[0]}", holdUntilReleased = true, times = 1 });
        var id = await client.PostAsync(Payload.Table(Tables[0]));
        await Wait.ForAsync(() => Emulator.HeldAsync("held"), held => held == 1, TimeSpan.FromSeconds(60), _ => "no write came");
        var writer = await WriterAsync(cluster);

        await writer.FreezeAsync();
        Publish(both: true); // what its successor is to write
        var second = await client.PostAsync(Payload.Table(Tables[0]));
        await Emulator.ReleaseAsync("held"); // a workspace ends what it has begun
        var task = await client.EndOfAsync(id);
        var next = await client.EndOfAsync(second);
        var patches = (await Emulator.CallsAsync("PATCH")).Count;
        await writer.ThawAsync();
        await writer.ExitAsync(TimeSpan.FromSeconds(60)); // it hears that it was declared dead

        Assert.Equal(("SUCCESS", "SUCCESS"), ((string?)task["status"], (string?)next["status"]));
        Assert.Equal(patches, (await Emulator.CallsAsync("PATCH")).Count);
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
        Assert.True(await Emulator.HoldsAsync("table", Tables[0], "finance-team", "SELECT"));
    }

    // The silo with a PATCH in flight.
    private static async Task<Member> WriterAsync(ServiceCluster cluster) => (await Wait.ForAsync(
        async () =>
        {
            foreach (var silo in cluster.Silos)
            {
                if ((await silo.MetricsAsync()).Split('\n').Any(line => line.StartsWith("http_client_active_requests", StringComparison.Ordinal)
                        && line.Contains("\"PATCH\"", StringComparison.Ordinal) && double.Parse(
                            line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) > 0))
                {
                    return silo;
                }
            }

            return null;
        },
        silo => silo is not null, TimeSpan.FromSeconds(20), _ => "no silo says that it writes"))!;
}
