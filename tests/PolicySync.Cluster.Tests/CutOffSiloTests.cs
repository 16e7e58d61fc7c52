using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace PolicySync.Cluster.Tests;

/// <summary>The network between silos breaks while each still reaches storage and workspace.</summary>
public sealed class CutOffSiloTests(AzuriteFixture azurite, ITestOutputHelper output) : ClusterTest(azurite)
{
    private const int Silos = 3;

    // The sender of each write, in the order of sending.
    private readonly ConcurrentQueue<(int Silo, string Securable)> _writes = [];

    [NeedsNamespaces]
    public async Task A_silo_that_is_cut_off_from_the_others_writes_nothing_after_it_was_declared_dead_and_stops()
    {
        using var network = new SiloNetwork(Silos + 1);
        network.Serve(Azurite.TablePort);
        network.Serve(Emulator.Url.Port, Note);
        var cluster = await StartOnAsync(
            ConnectionString, Silos, gateways: 1, network.Homes, ("Workspace:WriteTimeout", "00:00:15"), ("Sync:ParentUse", "false"));
        using var client = cluster.Client();
        using var load = new Load(client, [.. Tables.Skip(1)]);
        load.Start();
        await load.UntilMoreAsync(Tables.Count);

        // Cut off a silo while its write is in progress.
        await Emulator.FaultAsync(new { id = "held", method = "PATCH", path = $"*/permissions/table/{Tables[0]}", holdSeconds = 5, times = 1 });
        var first = await client.PostAsync(Payload.Table(Tables[0]));
        await Wait.ForAsync(() => Emulator.HeldAsync("held"), held => held == 1, TimeSpan.FromSeconds(60), _ => "no write came");
        var writer = _writes.Last(write => write.Securable == Tables[0]).Silo;
        var before = _writes.Count;
        network.Cut(writer);
        Publish(both: true); // what its successors are to write, and it, as long as it may
        var second = await client.PostAsync(Payload.Table(Tables[0]));
        await load.UntilMoreAsync(Tables.Count); // the rest goes on meanwhile
        var tasks = (First: await client.EndOfAsync(first), Second: await client.EndOfAsync(second));
        await cluster.Silos[writer].ExitAsync(TimeSpan.FromSeconds(60)); // it reads that it was declared dead
        var writes = _writes.Skip(before).ToList();
        network.Heal(writer);
        await load.StopAsync();
        foreach (var id in load.Acknowledged)
        {
            Assert.Equal("SUCCESS", (string?)(await client.EndOfAsync(id))["status"]);
        }

        Assert.Equal(("SUCCESS", "SUCCESS"), ((string?)tasks.First["status"], (string?)tasks.Second["status"]));
        await AssertInOrderAsync(cluster, both: true);
        foreach (var table in Tables)
        {
            // After another silo took over, this one wrote nothing more.
            var senders = writes.Where(write => write.Securable == table).Select(write => write.Silo).ToList();
            Assert.DoesNotContain(writer, senders.SkipWhile(silo => silo == writer).SkipWhile(silo => silo != writer));
        }

        Assert.DoesNotContain(writes, write => write.Securable == Tables[0] && write.Silo == writer);
        Assert.Contains(writes, write => write.Securable == Tables[0]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{load.Acknowledged.Count} tasks acknowledged, all ended; {writes.Count} writes since the cut, {writes.Count(write => write.Silo == writer)} of them by the silo that was cut off"));
    }

    private void Note(int home, ReadOnlyMemory<byte> piece)
    {
        const string path = "/permissions/table/";
        var line = Encoding.ASCII.GetString(piece.Span[..Math.Min(piece.Length, 300)]).Split('\r')[0];
        if (line.StartsWith("PATCH ", StringComparison.Ordinal) && line.IndexOf(path, StringComparison.Ordinal) is > 0 and var at)
        {
            _writes.Enqueue((home, line[(at + path.Length)..].Split(' ', '?')[0]));
        }
    }
}
