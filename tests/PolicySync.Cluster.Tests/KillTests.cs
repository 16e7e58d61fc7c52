using System.Diagnostics;
using System.Globalization;
using PolicySync.Cluster.Tests.Auditing;
using Xunit.Abstractions;

namespace PolicySync.Cluster.Tests;

/// <summary>
/// Kills processes under load, at times that a seed determines. <c>deploy/dev.sh kill --rounds N</c> runs more rounds
/// and prints the longest recovery. After each round the audit stream is compared with what the workspace recorded.
/// </summary>
public sealed class KillTests(AzuriteFixture azurite, ITestOutputHelper output) : ClusterTest(azurite)
{
    private const string RoundsVariable = "POLICYSYNC_KILL_ROUNDS";
    private const int ConcurrentReads = 8;
    private const string SeedVariable = "POLICYSYNC_KILL_SEED";

    // Beside the tables with grants alone: some whose row filter and mask change in each round, and some that have them in every other one.
    private static readonly string[] Guarded = ["changing.s.a", "changing.s.b", "coming.s.a", "coming.s.b"];
    private static readonly string[] All = [.. Tables, .. Guarded];

    [Fact]
    [Trait("Category", "Kill")]
    public async Task Every_acknowledged_task_ends_with_SUCCESS_when_silos_and_gateways_are_killed()
    {
        var rounds = Read(RoundsVariable, 3);
        var seed = Read(SeedVariable, 20_261);
        using var audit = new AuditFiles();
        await MakeGuardedAsync();
        var cluster = await StartAsync(silos: 3, gateways: 2, [
            ("Workspace:WriteTimeout", "00:00:04"), ("Workspace:WarehouseId", "emulator-warehouse"), ("Workspace:StatementTimeout", "00:00:10"), .. audit.Settings]);
        using var client = cluster.Client();

        // Some writes take long, and continue after their sender is gone.
        await Emulator.FaultAsync(new { id = "slow", method = "PATCH", path = "*/permissions/table/*", holdSeconds = 2, probability = 0.3, seed });
        await Emulator.FaultAsync(new { id = "slow-sql", method = "POST", path = "*/sql/statements", holdSeconds = 2, probability = 0.3, seed });
        var (tasks, longest) = (0, TimeSpan.Zero);
        for (var round = 0; round < rounds; round++)
        {
            var (ended, recovery) = await RoundAsync(cluster, client, round, new Random(seed + round));
            tasks += ended;
            longest = recovery > longest ? recovery : longest;
            output.WriteLine($"round {round + 1}: {await audit.AssertTellsOfAsync(await Emulator.CallsAsync())}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds with seed {seed}: {tasks} tasks acknowledged, 0 lost, 0 overlapping writes, longest recovery {longest.TotalSeconds:F1} s, {client.Retries} requests repeated"));
    }

    private async Task<(int Tasks, TimeSpan Recovery)> RoundAsync(ServiceCluster cluster, ServiceClient client, int round, Random random)
    {
        var both = round % 2 == 0;
        PublishGuards(both);
        using var load = new Load(client, All);
        load.Start();
        await load.UntilMoreAsync(random.Next(10, 60));

        // One silo, and in some rounds also a gateway.
        Member[] victims = random.Next(3) == 0
            ? [cluster.Silos[random.Next(3)], cluster.Gateways[random.Next(2)]]
            : [cluster.Silos[random.Next(3)]];
        var before = load.Acknowledged.ToList();
        await Task.WhenAll(victims.Select(victim => victim.KillAsync()));
        var killed = Stopwatch.GetTimestamp();
        await load.UntilMoreAsync(All.Length); // the API goes on meanwhile
        using var surviving = cluster.Client(cluster.Gateways.Except(victims)); // retries at a dead gateway would be measured, too
        await Parallel.ForEachAsync(
            before, new ParallelOptions { MaxDegreeOfParallelism = ConcurrentReads }, async (id, _) => await EndsWellAsync(surviving, id));
        var recovery = Stopwatch.GetElapsedTime(killed);
        await load.UntilMoreAsync(All.Length);
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
        var securables = All.Select(table => ("table", table))
            .Concat(All.Select(table => ("schema", table[..table.LastIndexOf('.')])).Distinct())
            .Concat(All.Select(table => ("catalog", table.Split('.')[0])).Distinct()).ToList();
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

    private async Task MakeGuardedAsync()
    {
        foreach (var table in Guarded)
        {
            await Emulator.MakeAsync("table", table, new
            {
                owner = "platform-admins",
                columns = new[] { new { name = "id", type = "int" }, new { name = "region", type = "string" }, new { name = "ssn", type = "string" } },
            });
            await Emulator.MakeAsync("schema", table[..table.LastIndexOf('.')], new { owner = "platform-admins" });
            await Emulator.MakeAsync("catalog", table.Split('.')[0], new { owner = "platform-admins" });
        }
    }

    private void PublishGuards(bool both)
    {
        Policies.Clear();
        foreach (var pattern in (string[])["load.*.*", "changing.s.*", "coming.s.*"])
        {
            Policies.Allow($"read {pattern}", pattern, "select", both ? "@analysts @finance-team" : "@analysts");
        }

        Policies.Filter("rows", "changing.s.*", (both ? "region = 'EU'" : "region = 'US'", "@analysts"))
            .Mask("ssn", "changing.s.*.ssn", (both ? "MASK" : "MASK_NULL", "@analysts"));
        if (both)
        {
            Policies.Filter("some rows", "coming.s.*", ("region = 'EU'", "@analysts")).Mask("some ssn", "coming.s.*.ssn", ("MASK", "@analysts"));
        }

        Policies.Publish();
    }

    private static async Task EndsWellAsync(ServiceClient client, string id)
    {
        var task = await client.EndOfAsync(id, seconds: 90);
        Assert.True((string?)task["status"] == "SUCCESS", $"{task}");
    }

    private static int Read(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
