using System.Text.Json.Nodes;
using Host = PolicySync.EndToEnd.Tests.Stack.Host;

namespace PolicySync.EndToEnd.Tests.Events;

/// <summary>Events make tasks, by the official SDK and processes of their own.</summary>
public sealed class EventHubTests(AzuriteFixture azurite) : EventTest(azurite)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Each_event_is_a_task_a_duplicate_a_dead_letter_or_for_others_and_nothing_stops_the_next()
    {
        Policies.Allow("sales reads customers", "main.sales.customers", "select", "@sales-team").Publish();
        var host = await StartHostAsync(Settings);
        string[] bad = ["", "{", "7", "[]", """{"type":7}""", """{"type":"RESOURCE_SYNC"}""", """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[]}}""", """{"specversion":"1.0"}"""];
        await SendToAsync("0", [Request("first").ToJsonString(), .. bad, """{"appSubType":"snowflake","type":7}""", Request("last").ToJsonString()]);
        await SendToAsync("1", Request("first").ToJsonString(), $"[{Request("a").ToJsonString()},{Request("b").ToJsonString()}]");

        var tasks = await EndedAsync(host, 4);

        Assert.Equal(["a", "b", "first", "last"], tasks.Select(task => (string)task["event"]!["id"]!).Order(StringComparer.Ordinal));
        Assert.All(tasks, task => Assert.Equal("SUCCESS", (string)task["status"]!));
        var position = tasks.Single(task => (string?)task["event"]!["id"] == "last")["event"]!["position"]!;
        Assert.Equal(("sync", "0"), ((string?)position["hub"], (string?)position["partition"]));
        var letters = await Wait.ForAsync(LettersAsync, letters => letters.Count == bad.Length, Limit, letters => $"{letters?.Count} dead letters");
        Assert.Equal(bad.Order(StringComparer.Ordinal), letters.Values.Select(letter => letter.GetProperty("body").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(letters.Values, letter => Assert.NotEmpty(letter.GetProperty("faults").EnumerateArray()));
        Assert.Equal(4, await OutcomeAsync(host, "ACCEPTED"));
        Assert.Equal((1, bad.Length, 1), (await OutcomeAsync(host, "DUPLICATE"), await OutcomeAsync(host, "DEAD_LETTER"), await OutcomeAsync(host, "IGNORED")));
        await LagIsAsync(host, 0);
    }

    [Fact]
    public async Task A_process_that_is_killed_among_its_events_loses_none_and_makes_none_twice()
    {
        Policies.Allow("sales reads customers", "main.sales.customers", "select", "@sales-team").Publish();
        var host = await StartHostAsync(Settings);
        await SendAsync([.. Enumerable.Range(0, 300).Select(number => Request($"e-{number}").ToJsonString())]);
        await Wait.ForAsync(() => OutcomeAsync(host, "ACCEPTED"), accepted => accepted > 20, Limit, accepted => $"{accepted} accepted");

        await host.KillAndRestartAsync();

        await EachOnceAsync(host, 300);
    }

    [Fact]
    public async Task Events_flow_again_after_the_hub_was_away()
    {
        Policies.Allow("sales reads customers", "main.sales.customers", "select", "@sales-team").Publish();
        var host = await StartHostAsync(Settings);
        await SendAsync(Request("before").ToJsonString());
        await EndedAsync(host, 1);

        CloseHub();
        await Wait.ForAsync(() => host.TotalAsync("policysync_events_connected"), connected => connected == 0, Limit, _ => $"still connected: {host.LogEnd}");
        OpenHub();
        await SendAsync(Request("after").ToJsonString());

        Assert.Equal(["after", "before"], (await EndedAsync(host, 2)).Select(task => (string)task["event"]!["id"]!).Order(StringComparer.Ordinal));
        Assert.Equal("Healthy", (string?)(await host.HealthAsync())["status"]);
    }

    [Fact]
    public async Task Events_wait_while_the_storage_does_not_answer()
    {
        Policies.Allow("sales reads customers", "main.sales.customers", "select", "@sales-team").Publish();
        var host = await StartHostAsync(Settings);
        await SendAsync(Request("before").ToJsonString());
        await EndedAsync(host, 1);

        await Azurite.SignalAsync("STOP");
        try
        {
            await SendAsync([.. Enumerable.Range(0, 20).Select(number => Request($"e-{number}").ToJsonString())]);
            // Either an attempt fails, or the partitions are given up, since their owner is kept in the same account.
            await Wait.ForAsync(
                async () => await host.TotalAsync("policysync_events_retries_total") > 0 || await host.TotalAsync("policysync_events_connected") == 0,
                isFelt => isFelt, Limit, _ => host.LogEnd);
        }
        finally
        {
            await Azurite.SignalAsync("CONT");
        }

        await EachOnceAsync(host, 20, others: 1);
    }

    private static async Task EachOnceAsync(Host host, int count, int others = 0)
    {
        var tasks = await EndedAsync(host, count + others);
        var ids = tasks.Select(task => (string)task["event"]!["id"]!).Where(id => id.StartsWith("e-", StringComparison.Ordinal)).ToList();

        Assert.Equal(Enumerable.Range(0, count).Select(number => $"e-{number}").Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
        await LagIsAsync(host, 0);
    }

    private static Task LagIsAsync(Host host, double lag) =>
        Wait.ForAsync(() => host.TotalAsync("policysync_events_lag"), seen => seen == lag, Limit, seen => $"the lag is {seen}");

    private static async Task<int> OutcomeAsync(Host host, string outcome) => (int)(await host.MetricsAsync()).Split('\n')
        .Where(line => line.StartsWith("policysync_events_outcomes", StringComparison.Ordinal) && line.Contains($"outcome=\"{outcome}\"", StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split("} ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

    // All tasks, once there are so many and all have ended.
    private static Task<IReadOnlyList<JsonNode>> EndedAsync(Host host, int count) => Wait.ForAsync(
        async () =>
        {
            var tasks = new List<JsonNode>();
            for (string? page = ""; page is not null;)
            {
                var (_, text) = await host.SendAsync(HttpMethod.Get, $"policysync/api/v1/tasks?pageSize=200{(page.Length == 0 ? "" : $"&pageToken={Uri.EscapeDataString(page)}")}");
                var answer = JsonNode.Parse(text)!;
                tasks.AddRange(answer["tasks"]!.AsArray().Select(task => task!.DeepClone())); // one that ends between two pages is on both
                page = (string?)answer["nextPageToken"];
            }

            return (IReadOnlyList<JsonNode>)[.. await Task.WhenAll(tasks.DistinctBy(task => (string?)task["taskId"]).Select(task => host.GetTaskAsync((string)task["taskId"]!)))];
        },
        tasks => tasks.Count >= count && tasks.All(task => (string?)task["endTime"] is not null),
        Limit,
        tasks => $"{tasks?.Count} tasks, {tasks?.Count(task => (string?)task["endTime"] is not null)} ended: {host.LogEnd}");
}
