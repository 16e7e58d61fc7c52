using System.Collections.Concurrent;
using System.Globalization;
using Azure.Data.Tables;

namespace PolicySync.Cluster.Tests;

public sealed class WebhookTests(AzuriteFixture azurite) : ClusterTest(azurite)
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const int Kills = 3;

    [Fact]
    public async Task While_silos_are_killed_the_end_of_every_task_is_sent_after_it_is_shown_and_with_one_id()
    {
        await using var receiver = new WebhookReceiver();
        var cluster = await StartAsync(
            silos: 2, gateways: 1, ("Webhooks:Endpoints:0:Name", "ops"), ("Webhooks:Endpoints:0:Url", receiver.Url.ToString()),
            ("Webhooks:Endpoints:0:Secret", Secret), ("Webhooks:AllowedHosts:0", "127.0.0.1"));
        using var client = cluster.Client();
        var early = new ConcurrentQueue<string>();
        var accepted = new ConcurrentDictionary<string, string>(StringComparer.Ordinal); // the id of the event by that of the task
        var met = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        receiver.Answer = (received, response) =>
        {
            var task = (string)received.Data["taskId"]!;
            var status = (string?)client.GetAsync(task).GetAwaiter().GetResult()["status"];
            if (status is not ("SUCCESS" or "FAILED" or "SKIPPED"))
            {
                early.Enqueue($"{task}: {status}");
            }

            response.StatusCode = met.TryAdd(task, true) && met.Count % 5 == 0 ? 503 : 204; // one in five has to be sent again
            if (response.StatusCode == 204)
            {
                accepted[task] = received.Id;
            }
        };

        using var load = new Load(client, Tables);
        load.Start();
        for (var i = 0; i < Kills; i++)
        {
            await load.UntilMoreAsync(30);
            await cluster.Silos[i % 2].KillAsync();
            await load.UntilMoreAsync(30);
            await cluster.RestoreAsync();
        }

        await load.StopAsync();
        foreach (var id in load.Acknowledged)
        {
            await client.EndOfAsync(id);
        }

        await receiver.UntilAsync(_ => load.Acknowledged.All(accepted.ContainsKey), "an accepted event of each task", () => cluster.Silos[0].LogEnd);

        Assert.Empty(early);
        Assert.All(receiver.Received, received => Assert.True(received.IsSignedBy(Secret)));
        Assert.All(receiver.Received, received => Assert.Equal("task.ended", received.Event));
        Assert.All(receiver.Received.GroupBy(received => (string)received.Data["taskId"]!), task => Assert.Single(task.Select(received => (received.Id, received.Body)).Distinct()));
        var pending = new TableClient(ConnectionString, cluster.TablePrefix + "Webhooks");
        await Wait.ForAsync(
            async () => await pending.QueryAsync<TableEntity>(maxPerPage: 100, select: ["RowKey"]).CountAsync(), left => left == 0,
            TimeSpan.FromSeconds(60), left => string.Create(CultureInfo.InvariantCulture, $"{left} events are still to be sent"));
    }
}
