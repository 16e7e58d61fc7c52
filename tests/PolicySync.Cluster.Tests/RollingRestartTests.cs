namespace PolicySync.Cluster.Tests;

public sealed class RollingRestartTests(AzuriteFixture azurite) : ClusterTest(azurite)
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task Restarting_every_process_one_by_one_under_load_fails_no_request_and_loses_no_task()
    {
        var cluster = await StartAsync(silos: 2, gateways: 2);
        using var client = cluster.Client();
        Publish(both: true);
        using var load = new Load(client, Tables);
        load.Start();
        await load.UntilMoreAsync(Tables.Count);

        foreach (var member in cluster.All)
        {
            await member.TerminateAsync();
            await member.StartAsync();
            await member.UntilReadyAsync();
            await load.UntilMoreAsync(Tables.Count);
        }

        await load.StopAsync(); // throws when a request failed for good
        foreach (var id in load.Acknowledged)
        {
            Assert.Equal("SUCCESS", (string?)(await client.EndOfAsync(id))["status"]);
        }

        await AssertInOrderAsync(cluster, both: true);
    }

    [Fact]
    public async Task A_gateway_without_silos_accepts_tasks_and_shows_finished_ones_and_silos_that_start_later_do_the_rest()
    {
        var cluster = await StartAsync(silos: 1, gateways: 1);
        using var client = cluster.Client();
        var ended = await client.PostAsync(Payload.Table(Tables[0]));
        await client.EndOfAsync(ended);

        await cluster.Silos[0].KillAsync();
        var waiting = await client.PostAsync(Payload.Table(Tables[1]));

        Assert.Equal("SUCCESS", (string?)(await client.GetAsync(ended))["status"]);
        Assert.NotEqual("SUCCESS", (string?)(await client.GetAsync(waiting))["status"]);
        await cluster.RestoreAsync();
        Assert.Equal("SUCCESS", (string?)(await client.EndOfAsync(waiting))["status"]);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_draining_gateway_reports_that_it_is_not_ready_while_it_still_answers()
    {
        var cluster = await StartAsync(silos: 1, gateways: 1, ("Cluster:DrainDelay", "00:00:20"));
        using var client = cluster.Client();
        var gateway = cluster.Gateways[0];

        var stopping = gateway.TerminateAsync();
        await Wait.ForAsync(
            gateway.ReadyAsync, status => status == System.Net.HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(15), status => $"{status}");
        var id = await client.PostAsync(Payload.Table(Tables[0]));

        Assert.NotEmpty(id);
        await stopping;
    }
}
