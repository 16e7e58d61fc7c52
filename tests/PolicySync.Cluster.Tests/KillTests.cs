using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace PolicySync.Cluster.Tests;

/// <summary>
/// Kills processes under load, at times that a seed determines. <c>deploy/dev.sh kill --rounds N</c> runs more rounds
/// and prints the longest recovery.
/// </summary>
public sealed class KillTests(AzuriteFixture azurite, ITestOutputHelper output) : ClusterTest(azurite)
{
    private const string RoundsVariable = "POLICYSYNC_KILL_ROUNDS";
    private const int ConcurrentReads = 8;
    private const string SeedVariable = "POLICYSYNC_KILL_SEED";

    [Fact]
    [Trait("Category", "Kill")]
    public async Task Every_acknowledged_task_ends_with_SUCCESS_when_silos_and_gateways_are_killed()
    {
        var rounds = Read(RoundsVariable, 3);
        var seed = Read(SeedVariable, 20_261);
        var cluster = await StartAsync(silos: 3, gateways: 2, ("Workspace:WriteTimeout", "00:00:04"));
        using var client = cluster.Client();

        // Some writes take long, and continue after their sender is gone.
        await Emulator.FaultAsync(new { id = "slow", method = "PATCH", path = "*/permissions/table/load.*", holdSeconds = 2, probability = 0.3, seed });
        var (tasks, longest) = (0, TimeSpan.Zero);
        for (var round = 0; round < rounds; round++)
        {
            var (ended, recovery) = await RoundAsync(cluster, client, round, new Random(seed + round));
            tasks += ended;
            longest = recovery > longest ? recovery : longest;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds with seed {seed}: {tasks} tasks acknowledged, 0 lost, 0 overlapping writes, longest recovery {longest.TotalSeconds:F1} s, {client.Retries} requests repeated"));
    }

    private async Task<(int Tasks, TimeSpan Recovery)> RoundAsync(ServiceCluster cluster, ServiceClient client, int round, Random random)
    {
        var both = round % 2 == 0;
        Publish(both);
        using var load = new Load(client, Tables);
        load.Start();
        await load.UntilMoreAsync(random.Next(10, 60));

        // One silo, and in some rounds also a gateway.
        Member[] victims = random.Next(3) == 0
            ? [cluster.Silos[random.Next(3)], cluster.Gateways[random.Next(2)]]
            : [cluster.Silos[random.Next(3)]];
        var before = load.Acknowledged.ToList();
        await Task.WhenAll(victims.Select(victim => victim.KillAsync()));
        var killed = Stopwatch.GetTimestamp();
        await load.UntilMoreAsync(Tables.Count); // the API goes on meanwhile
        using var surviving = cluster.Client(cluster.Gateways.Except(victims)); // retries at a dead gateway would be measured, too
        await Parallel.ForEachAsync(
            before, new ParallelOptions { MaxDegreeOfParallelism = ConcurrentReads }, async (id, _) => await EndsWellAsync(surviving, id));
        var recovery = Stopwatch.GetElapsedTime(killed);
        await load.UntilMoreAsync(Tables.Count);
        await load.StopAsync();
        foreach (var id in load.Acknowledged)
        {
            await EndsWellAsync(client, id);
        }

        await AssertInOrderAsync(cluster, both);
        await AssertIndexedAsync(client);
        await cluster.RestoreAsync(); // on the same ports, beside the rows of the dead
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"round {round + 1}: killed {string.Join(" and ", victims.Select(victim => victim.Role))}; {load.Acknowledged.Count} tasks acknowledged, all ended; those of before the kill after {recovery.TotalSeconds:F1} s"));
        return (load.Acknowledged.Count, recovery);
    }

    // What the index has of the groups is what they hold, on every table and container.
    private async Task AssertIndexedAsync(ServiceClient client)
    {
        var securables = Tables.Select(table => ("table", table))
            .Concat(Tables.Select(table => ("schema", table[..table.LastIndexOf('.')])).Distinct()).Append(("catalog", "load")).ToList();
        foreach (var group in new[] { "analysts", "finance-team" })
        {
            var held = new List<string>();
            foreach (var (type, name) in securables)
            {
                var grants = (await Emulator.GrantsAsync(type, name)).GetValueOrDefault(group);
                held.AddRange((grants ?? new HashSet<string>()).Select(privilege => $"{type} {name} {privilege}"));
            }

            Assert.Equal(held.Order(StringComparer.Ordinal), await client.ReachAsync(group));
        }
    }

    private static async Task EndsWellAsync(ServiceClient client, string id)
    {
        var task = await client.EndOfAsync(id, seconds: 90);
        Assert.True((string?)task["status"] == "SUCCESS", $"{task}");
    }

    private static int Read(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
