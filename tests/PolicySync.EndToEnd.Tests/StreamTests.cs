using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests;

/// <summary>The stream of a walk by a real process.</summary>
public sealed class StreamTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    [Fact]
    public Task A_stream_of_a_walk_shows_progress_that_never_falls_and_a_total_that_does_not_move() => WalkAsync(schemas: 4, tablesPerSchema: 100);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_stream_of_a_walk_of_thousands_of_tables_shows_the_same() => WalkAsync(schemas: LargeCount.Value / 1_000, tablesPerSchema: 1_000);

    private async Task WalkAsync(int schemas, int tablesPerSchema)
    {
        await Emulator.GenerateAsync("big", schemas, tablesPerSchema);
        Policies.Allow("read", "big.*.table_0000?", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Workspace:MaxConcurrency", "32"));
        var id = await host.PostAsync(Payload.Catalog("big"));

        var progress = new List<JsonNode>();
        var results = new List<(string Id, string Name)>();
        var statuses = new List<JsonNode>();
        await foreach (var item in host.StreamAsync(id))
        {
            var data = JsonNode.Parse(item.Data)!;
            switch (item.EventType)
            {
                case "progress":
                    progress.Add(data);
                    break;
                case "result":
                    results.Add((item.EventId!, (string)data["fullName"]!));
                    break;
                default:
                    statuses.Add(data);
                    break;
            }
        }

        output.WriteLine(string.Join('\n', progress.Select(one => one.ToJsonString())));
        Assert.Equal("SUCCESS", (string?)statuses[^1]["status"]);
        Assert.DoesNotContain(statuses[..^1], status => (string?)status["status"] == "SUCCESS");
        Assert.True(progress.Count >= 3, $"{progress.Count} events of progress");
        foreach (var count in new[] { "discovered", "done", "changed", "failed", "skipped", "gaps", "drifted" })
        {
            Assert.All(progress.Zip(progress.Skip(1)), pair => Assert.True((long)pair.First[count]! <= (long)pair.Second[count]!, $"{count}: {pair}"));
        }

        var totals = progress.Select(one => (long?)one["total"]).SkipWhile(total => total is null).ToList();
        Assert.Single(totals.Distinct());
        Assert.Equal(totals[0], (long)progress[^1]["done"]!);
        Assert.Equal(Enumerable.Range(0, results.Count).Select(n => $"{n}"), results.Select(result => result.Id));
        Assert.Equal(results.Count, results.Select(result => result.Name).Distinct().Count());
        Assert.Equal((long)progress[^1]["done"]!, results.Count);
        Assert.True(results.Count > schemas * tablesPerSchema, $"{results.Count} results");
    }
}
