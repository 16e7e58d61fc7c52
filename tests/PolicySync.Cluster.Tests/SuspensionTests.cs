using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace PolicySync.Cluster.Tests;

/// <summary>Once a suspension is acknowledged by a gateway, no silo begins a write under its pattern.</summary>
public sealed class SuspensionTests(AzuriteFixture azurite, ITestOutputHelper output) : ClusterTest(azurite)
{
    private const string Catalog = "walk";
    private const int Schemas = 6;

    [Fact]
    public async Task After_the_answer_no_write_begins_under_the_pattern_while_two_silos_walk_and_one_is_killed()
    {
        await Emulator.GenerateAsync(Catalog, Schemas, tablesPerSchema: 100);
        Policies.Clear().Allow("read", $"{Catalog}.*.*", "select", "@analysts").Publish();
        var cluster = await StartAsync(silos: 2, gateways: 1);
        using var client = cluster.Client();
        using var operators = new HttpClient { BaseAddress = cluster.Gateways[0].Url };
        operators.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token);
        var random = new Random(20261130);
        var writtenBefore = 0;

        for (var round = 0; round < Schemas; round++)
        {
            Policies.Clear().Allow($"read {round}", $"{Catalog}.*.*", round % 2 == 0 ? "select modify" : "select", "@analysts").Publish();
            await Emulator.ForgetCallsAsync();
            var id = await client.PostAsync(Payload.Sync([.. Enumerable.Range(0, Schemas).Select(schema => Payload.Resource("schema", $"{Catalog}.schema_{schema:0000}"))]));
            var moment = random.Next(Schemas * 80); // any moment of the task
            await Wait.ForAsync(
                () => client.GetAsync(id), task => (int)task["progress"]!["done"]! >= moment || (string?)task["status"] == "SUCCESS",
                TimeSpan.FromSeconds(60), task => $"{task}");
            var pattern = $"{Catalog}.schema_{random.Next(Schemas):0000}";

            using var answer = await operators.PutAsJsonAsync(
                $"policysync/api/v1/suspensions/{pattern}", new { reason = "a test", endTime = DateTimeOffset.UtcNow.AddHours(1) });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            var last = (await Emulator.CallsAsync()).Max(call => call.Sequence);
            if (round == Schemas / 2)
            {
                await cluster.Silos[0].KillAsync();
                await cluster.RestoreAsync();
            }

            var ended = await client.EndOfAsync(id);
            var again = await client.EndOfAsync(await client.PostAsync(Payload.Schema(pattern)));

            var writes = (await Emulator.CallsAsync("PATCH")).Where(call => call.Path.Contains($"/{pattern}", StringComparison.Ordinal)).ToList();
            output.WriteLine($"round {round}: {pattern}: {writes.Count} writes, the task {ended["status"]}, {ended["message"]}");
            Assert.DoesNotContain(writes, call => call.Sequence > last);
            Assert.Equal("SKIPPED", (string?)again["status"]);
            Assert.Contains($"by `{pattern}`: a test", (string?)again["message"], StringComparison.Ordinal);
            writtenBefore += writes.Count;
            using var resumed = await operators.DeleteAsync($"policysync/api/v1/suspensions/{pattern}");
            Assert.True(resumed.IsSuccessStatusCode);
            await Wait.ForAsync(
                async () => (string?)(await client.EndOfAsync(await client.PostAsync(Payload.Schema(pattern))))["status"],
                status => status == "SUCCESS", TimeSpan.FromSeconds(30), status => $"after the suspension was deleted: {status}");
        }

        Assert.True(writtenBefore > 0, "no suspension came while there was something to write");
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
        JsonNode list = (await operators.GetFromJsonAsync<JsonNode>("policysync/api/v1/suspensions"))!;
        Assert.Empty(list["suspensions"]!.AsArray());
    }
}
