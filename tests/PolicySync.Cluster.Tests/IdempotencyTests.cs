using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;

namespace PolicySync.Cluster.Tests;

public sealed class IdempotencyTests(AzuriteFixture azurite) : ClusterTest(azurite)
{
    private const int Requests = 1_000;
    private const int Connections = 64;

    [Fact]
    public async Task A_thousand_requests_with_one_key_through_two_gateways_one_of_which_is_killed_are_one_task()
    {
        var cluster = await StartAsync(silos: 1, gateways: 2);
        using var client = cluster.Client();
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token);
        http.DefaultRequestHeaders.Add("Idempotency-Key", "nightly");
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        var sent = 0;

        var callers = Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            for (var n = Interlocked.Increment(ref sent); n <= Requests; n = Interlocked.Increment(ref sent))
            {
                if (n == Requests / 4)
                {
                    await cluster.Gateways[0].KillAsync();
                }

                if (await PostAsync(http, cluster.Gateways[n % 2].Url) is { } id)
                {
                    ids.Add(id);
                }
            }
        })).ToList();
        await Task.WhenAll(callers);

        Assert.True(ids.Count > Requests / 3, $"only {ids.Count} requests were answered");
        var task = Assert.Single(ids.Distinct(StringComparer.Ordinal));
        Assert.Equal("SUCCESS", (string?)(await client.EndOfAsync(task))["status"]);
        var finished = new TableClient(ConnectionString, cluster.TablePrefix + "FinishedTasks");
        Assert.Single(finished.Query<TableEntity>(), row => row.RowKey.StartsWith("ALL-", StringComparison.Ordinal));
        Assert.Equal(1, (await Emulator.CallsAsync("PATCH")).Count(call => call.Path.EndsWith(Tables[0], StringComparison.Ordinal)));
    }

    private static async Task<string?> PostAsync(HttpClient http, Uri gateway)
    {
        try
        {
            using var content = JsonContent.Create(Payload.Table(Tables[0]));
            using var answer = await http.PostAsync(new Uri(gateway, "policysync/api/v1/task"), content);
            return answer.IsSuccessStatusCode ? (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["taskId"] : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return null; // the gateway that was killed
        }
    }
}
