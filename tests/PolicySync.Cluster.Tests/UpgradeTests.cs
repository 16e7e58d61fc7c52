using System.Globalization;
using PolicySync.Testing;
using Xunit.Abstractions;

namespace PolicySync.Cluster.Tests;

/// <summary>
/// Silos and gateways of another build and of this one in one cluster, on the same storage, under load.
/// <c>deploy/dev.sh upgrade-check</c> builds the other one and runs this.
/// </summary>
public sealed class UpgradeTests(AzuriteFixture azurite, ITestOutputHelper output) : ClusterTest(azurite)
{
    private const int Silos = 2;

    private readonly HashSet<string> _acknowledged = [];

    [OtherBuildFact]
    [Trait("Category", "Upgrade")]
    public async Task A_rolling_upgrade_from_another_build_and_back_loses_no_task_and_each_build_reads_what_the_other_wrote()
    {
        var (before, after) = (OtherBuildFactAttribute.Program!, Repository.Program("PolicySync.Host"));
        var cluster = await StartAsync(silos: 0, gateways: 0, ("Workspace:WriteTimeout", "00:00:04"));

        // Some writes take long: a silo is told to stop while its write is under way.
        await Emulator.FaultAsync(new { id = "slow", method = "PATCH", path = "*/permissions/table/load.*", holdSeconds = 2, probability = 0.3, seed = 20_261 });
        await cluster.AddAsync(before, Silos, gateways: 1);
        await SyncAllAsync(cluster, both: true, "the other build grants");
        await RollAsync(cluster, after, "other to this");
        await SyncAllAsync(cluster, both: false, "this build revokes what the other granted");
        await SyncAllAsync(cluster, both: true, "this build grants");
        await RollAsync(cluster, before, "this to other");
        await SyncAllAsync(cluster, both: false, "the other build revokes what this one granted");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"upgrade and back: {_acknowledged.Count} tasks acknowledged, all ended with SUCCESS and are read by both builds, 0 overlapping writes"));
    }

    /// <summary>The members of one build sync every table under load, alone; then everything must be in order.</summary>
    private async Task SyncAllAsync(ServiceCluster cluster, bool both, string phase)
    {
        Publish(both);
        using var client = cluster.Client();
        await PostAsync(client, 2 * Tables.Count, () => Task.CompletedTask);
        await AssertServedAsync(cluster, both, phase);
    }

    /// <summary>Replaces every member by one of the next build while tasks arrive and policies change.</summary>
    private async Task RollAsync(ServiceCluster cluster, string next, string phase)
    {
        var leaving = cluster.All.ToList();
        using var client = cluster.Client();
        Publish(both: false);
        await PostAsync(client, Tables.Count, () => cluster.AddAsync(next, Silos, gateways: 1));

        using var mixed = cluster.Client();
        Publish(both: true);
        await PostAsync(mixed, 2 * Tables.Count, async () =>
        {
            foreach (var member in leaving)
            {
                await cluster.RemoveAsync(member);
            }
        });
        await AssertServedAsync(cluster, both: true, phase);
    }

    /// <summary>Posts tasks before, during and after a change, <paramref name="more"/> each time.</summary>
    private async Task PostAsync(ServiceClient client, int more, Func<Task> change)
    {
        using var load = new Load(client, Tables);
        load.Start();
        await load.UntilMoreAsync(more);
        await change();
        await load.UntilMoreAsync(more);
        await load.StopAsync(); // throws when a request failed for good
        _acknowledged.UnionWith(load.Acknowledged);
    }

    /// <summary>Every task of every phase so far ended with SUCCESS, as the members that are there now tell it.</summary>
    private async Task AssertServedAsync(ServiceCluster cluster, bool both, string phase)
    {
        using var client = cluster.Client();
        foreach (var id in _acknowledged)
        {
            Assert.Equal("SUCCESS", (string?)(await client.EndOfAsync(id))["status"]);
        }

        await AssertInOrderAsync(cluster, both);
        output.WriteLine($"{phase}: {_acknowledged.Count} tasks so far, all SUCCESS; grants are the desired ones");
    }
}

/// <summary>Skipped unless a variable names the folder of another build's repository, with its host built as Release.</summary>
public sealed class OtherBuildFactAttribute : FactAttribute
{
    private const string Variable = "POLICYSYNC_OTHER_BUILD";

    public OtherBuildFactAttribute() =>
        Skip = Program is null ? $"{Variable} names no other build; deploy/dev.sh upgrade-check makes one" : null;

    /// <summary>The other build's host.</summary>
    internal static string? Program { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root
        ? Path.Combine(root, "src", "PolicySync.Host", "bin", "Release", "net10.0", "PolicySync.Host.dll")
        : null;
}
