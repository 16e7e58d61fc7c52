using System.Globalization;
using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests;

/// <summary>One budget per workspace: kept to, used up, shared fairly, and told of.</summary>
public sealed class BudgetTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    private const string Throttled = "Waiting for the workspace: its rate budget is in use, or it asked for fewer calls";

    [Fact]
    public async Task A_table_synced_during_a_walk_of_ten_thousand_ends_before_the_walk_has_made_three_times_its_calls()
    {
        const double rate = 8;
        await Emulator.GenerateAsync("big", schemas: 10, tablesPerSchema: 1_000);
        Policies.Allow("walk", "big.*.*", "select", "@analysts").Allow("single", "main.sales.customers", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Workspace:RequestsPerSecond", Text(rate)));
        await host.PostAsync(Payload.Catalog("big"));
        await Wait.ForAsync(() => Emulator.CallsAsync("PATCH"), calls => calls.Count >= 4, TimeSpan.FromSeconds(90), _ => host.Log);
        var before = (await Emulator.CallsAsync())[^1].Sequence;

        var task = await host.EndOfAsync(await host.PostAsync(Payload.Table("main.sales.customers")));

        var all = await Emulator.CallsAsync();
        var since = all.Where(call => call.Sequence > before).ToList();
        var own = since.Count(call => call.Path.Contains("/main", StringComparison.Ordinal));
        var walk = since.Count(call => call.Path.Contains("/big", StringComparison.Ordinal));
        output.WriteLine($"calls of the table's task: {own}; of the walk in that time: {walk}");
        Assert.Equal("SUCCESS", (string?)task["status"]);
        Assert.InRange(own, 6, 20);
        Assert.InRange(walk, 1, (3 * own) - 1);
        AssertWindows(all, rate);
    }

    [Fact]
    public async Task A_task_that_waits_because_the_workspace_asked_for_fewer_calls_says_so()
    {
        Policies.Allow("single", "main.sales.customers", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Sync:ParentUse", "false"));
        await Emulator.FaultAsync(new { id = "busy", path = "*/permissions/table/main.sales.customers", status = 429, retryAfter = 3, times = 2 });

        var id = await host.PostAsync(Payload.Table("main.sales.customers"));
        var waiting = await Wait.ForAsync(
            () => host.GetTaskAsync(id), task => (string?)task["message"] == Throttled || (string?)task["status"] is "SUCCESS" or "FAILED",
            TimeSpan.FromSeconds(30), task => $"{task}");

        Assert.Equal(("WAITING", Throttled), ((string?)waiting["status"], (string?)waiting["message"]));
        Assert.Equal("SUCCESS", (string?)(await host.EndOfAsync(id))["status"]);
    }

    /// <summary>The configured rates, and what the workspace takes. <c>deploy/dev.sh bench budget</c> tries more of them.</summary>
    public static TheoryData<double, double> Rates() => BenchSeconds is null
        ? new() { { 40, 40 }, { 40, 24 } }
        : new() { { 40, 40 }, { 40, 24 }, { 10, 10 }, { 10, 5 }, { 50, 50 }, { 50, 25 }, { 200, 200 }, { 200, 100 } };

    /// <summary>
    /// <c>deploy/dev.sh bench budget</c> runs this for longer and judges the shares used and refused; in the test run only what does
    /// not depend on the machine's speed is judged.
    /// </summary>
    [Theory]
    [Trait("Category", "Long")]
    [Trait("Category", "Budget")]
    [MemberData(nameof(Rates))]
    public async Task A_walk_keeps_to_its_budget_and_is_seldom_refused_by_a_workspace_that_takes_as_much_or_less(double rate, double limit)
    {
        var seconds = BenchSeconds is { } least ? least * Math.Max(1, 40 / (int)rate) : 6;
        await Emulator.GenerateAsync("big", schemas: 10, tablesPerSchema: 1_000);
        Policies.Allow("walk", "big.*.*", "select", "@analysts").Publish();
        await Emulator.FaultAsync(new { id = "limit", path = "/api/*", rateLimit = new { perSecond = limit, burst = (int)limit } });
        var host = await StartHostAsync(("Workspace:RequestsPerSecond", Text(rate)));
        await host.PostAsync(Payload.Catalog("big"));

        // Behind the start, where the process does not have its whole share yet and finds out what the workspace takes.
        await Wait.ForAsync(() => Emulator.CallsAsync("PATCH"), calls => calls.Count >= rate * 2, TimeSpan.FromSeconds(90), _ => host.Log);
        var start = (await Emulator.CallsAsync())[^1].StartMs;
        var all = await Wait.ForAsync(
            () => Emulator.CallsAsync(), calls => calls[^1].StartMs > start + (seconds * 1000), TimeSpan.FromSeconds(seconds + 60), _ => host.Log);

        var calls = all.Where(call => call.IsBudgeted && call.StartMs > start && call.StartMs <= start + (seconds * 1000)).ToList();
        var refused = calls.Count(call => call.Status == 429) / (double)calls.Count;
        var used = calls.Count(call => call.Status != 429) / (Math.Min(rate, limit) * seconds);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"budget {rate} requests per second, the workspace takes {limit}: {calls.Count} calls in {seconds} s, share used {used:P1} (limit 95 %), share refused {refused:P2} (limit 1 %)"));
        AssertWindows(all, rate);
        Assert.InRange(refused, 0, BenchSeconds is null && limit < rate ? 0.25 : 0.01); // answers that come late on a slow machine are refusals of calls sent before
        if (BenchSeconds is not null)
        {
            Assert.InRange(used, 0.95, 1.1);
        }
    }

    /// <summary>How long the benchmark measures at 40 requests per second and more; null in a run of the tests.</summary>
    private static int? BenchSeconds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("BUDGET_BENCH_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    // In no 10 seconds more than 10 times the rate and one second's worth.
    private static void AssertWindows(IReadOnlyList<Call> calls, double rate)
    {
        var starts = calls.Where(call => call.IsBudgeted).Select(call => call.StartMs).Order().ToList();
        for (int first = 0, last = 0; first < starts.Count; first++)
        {
            while (last < starts.Count && starts[last] < starts[first] + 10_000)
            {
                last++;
            }

            Assert.True(last - first <= (10 * rate) + rate, $"{last - first} calls within 10 s at {rate} per second");
        }
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
