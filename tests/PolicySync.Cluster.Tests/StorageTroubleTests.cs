using System.Globalization;
using System.Net;
using Azure.Data.Tables;
using Xunit.Abstractions;

namespace PolicySync.Cluster.Tests;

/// <summary>Storage that answers 503, or nothing, under load: acknowledged tasks are safe, and no others are acknowledged.</summary>
public sealed class StorageTroubleTests(AzuriteFixture azurite, ITestOutputHelper output) : ClusterTest(azurite)
{
    private static readonly TimeSpan OutageSpan = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan StallSpan = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Storage_that_answers_503_costs_no_acknowledged_task_and_nothing_is_acknowledged_without_its_row()
    {
        await using var proxy = await StorageProxy.StartAsync(Azurite.TablePort, seed: 20_262);
        var cluster = await StartOnAsync(proxy.ConnectionStringLike(ConnectionString), silos: 2, gateways: 1, homes: null);
        using var client = cluster.Client();
        using var callers = new Callers(client, Tables, id => AssertDurableAsync(cluster, id));
        callers.Start();
        await callers.UntilMoreAsync(Tables.Count);

        // Some requests fail, which retries hide; some of them take effect although the answer is 503.
        Publish(both: true);
        proxy.Trouble = new StorageTrouble(Refused: 0.2, Lost: 0.15);
        await callers.UntilMoreAsync(3 * Tables.Count);

        // All requests fail, which retries cannot hide.
        proxy.Trouble = new StorageTrouble(Refused: 1, Lost: 0);
        var outage = Callers.Clock();
        await Wait.ForAsync(
            cluster.Gateways[0].ReadyAsync, status => status == HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(30), status => $"ready says {status}");
        await callers.UntilAsync(
            attempts => Callers.Clock() - outage > OutageSpan && attempts.Any(attempt => attempt.Began > outage), "the outage goes on");
        var healed = Callers.Clock();
        proxy.Trouble = StorageTrouble.None;
        await callers.UntilMoreAsync(2 * Tables.Count);
        await callers.StopAsync();

        callers.AssertProperAnswers();
        AssertNoneBetween(callers, outage, healed);
        await AssertAllEndAsync(cluster, client, callers);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{proxy.Unavailable} storage requests answered 503; {callers.Acknowledged.Count()} of {callers.Attempts.Count} POSTs acknowledged, all ended {(Callers.Clock() - healed).TotalSeconds:F1} s after the storage was well"));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Storage_that_stalls_for_30_s_costs_no_acknowledged_task_and_nothing_is_acknowledged_meanwhile()
    {
        var cluster = await StartAsync(silos: 2, gateways: 1);
        using var client = cluster.Client();
        using var callers = new Callers(client, Tables);
        callers.Start();
        await callers.UntilMoreAsync(Tables.Count);

        Publish(both: true);
        await Azurite.SignalAsync("STOP");
        var stalled = Callers.Clock();
        TimeSpan resumed;
        try
        {
            await callers.UntilAsync(_ => Callers.Clock() - stalled > StallSpan, "the stall goes on");
            Assert.NotEqual(HttpStatusCode.OK, await cluster.Gateways[0].ReadyAsync());
        }
        finally
        {
            resumed = Callers.Clock();
            await Azurite.SignalAsync("CONT");
        }

        await callers.UntilMoreAsync(2 * Tables.Count);
        await callers.StopAsync();

        callers.AssertProperAnswers();
        AssertNoneBetween(callers, stalled, resumed);
        await AssertAllEndAsync(cluster, client, callers);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{callers.Acknowledged.Count()} of {callers.Attempts.Count} POSTs acknowledged, all ended {(Callers.Clock() - resumed).TotalSeconds:F1} s after the storage went on"));
    }

    [Fact]
    public async Task A_silo_reports_that_it_is_starting_until_it_has_joined()
    {
        var cluster = await StartAsync(silos: 1, gateways: 0);
        var silo = cluster.Silos[0];
        await silo.TerminateAsync();
        await Azurite.SignalAsync("STOP"); // it cannot join without its table
        (HttpStatusCode Status, string Text)? said;
        try
        {
            await silo.StartAsync();
            said = await Wait.ForAsync(
                silo.HealthAsync, health => health is not null || silo.HasExited, TimeSpan.FromSeconds(60), _ => $"nobody answers: {silo.LogEnd}");
        }
        finally
        {
            await Azurite.SignalAsync("CONT");
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, said?.Status);
        Assert.Contains("\"state\":\"Starting\"", said?.Text, StringComparison.Ordinal);
        Assert.Contains("\"silo\":\"Unhealthy\"", said?.Text, StringComparison.Ordinal);
        await silo.UntilReadyAsync();
        Assert.Contains("\"state\":\"Ready\"", (await silo.HealthAsync())?.Text, StringComparison.Ordinal);
    }

    private static void AssertNoneBetween(Callers callers, TimeSpan from, TimeSpan to)
    {
        var within = callers.Attempts.Where(attempt => attempt.Began > from && attempt.Ended < to).ToList();
        Assert.NotEmpty(within);
        Assert.All(within, attempt => Assert.Null(attempt.Answer.Id));
    }

    private async Task AssertAllEndAsync(ServiceCluster cluster, ServiceClient client, Callers callers)
    {
        Assert.All(cluster.All, member => Assert.False(member.HasExited, member.LogEnd));
        foreach (var attempt in callers.Acknowledged)
        {
            Assert.Equal("SUCCESS", (string?)(await client.EndOfAsync(attempt.Answer.Id!))["status"]);
        }

        await AssertInOrderAsync(cluster, both: true);
    }

    /// <summary>Reads the storage without service and proxy: an acknowledged task has its row.</summary>
    private async Task AssertDurableAsync(ServiceCluster cluster, string id)
    {
        var number = long.Parse(id, CultureInfo.InvariantCulture);

        // The open row first: the final row is written before the open one is deleted.
        Assert.True(
            await HasRowAsync("OpenTasks", $"{number:D19}") || await HasRowAsync("FinishedTasks", $"ALL-{long.MaxValue - number:D19}"),
            $"task {id} was acknowledged and has no row");

        async Task<bool> HasRowAsync(string table, string row)
        {
            try
            {
                return await new TableClient(ConnectionString, cluster.TablePrefix + table)
                    .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {row}"), select: ["RowKey"]).AnyAsync();
            }
            catch (Azure.RequestFailedException e) when (e.Status == 404)
            {
                return false; // the table is made when it is first written to
            }
        }
    }
}
