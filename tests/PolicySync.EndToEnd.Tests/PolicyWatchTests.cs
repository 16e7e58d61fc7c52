using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests;

/// <summary>A change in Ranger Admin reaches Unity Catalog by itself.</summary>
public sealed class PolicyWatchTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    private const int Every = 5;
    private const int Settle = 2;

    private static readonly (string Key, string Value)[] Watching = [("Policies:Watch:Mode", "Sync"), ("Policies:Watch:Every", Seconds(Every))];

    [Fact]
    public async Task A_policy_change_in_ranger_admin_reaches_the_last_grant_in_time_and_touches_nothing_else()
    {
        Policies.Allow("read customers", "main.sales.customers", "select", "@analysts").Allow("read orders", "main.sales.orders", "select", "@analysts").Publish();
        await using var ranger = RangerAdmin.Start(Policies);
        var host = await StartHostAsync([.. Watching, ("Policies:Watch:Settle", Seconds(Settle)), .. ranger.Settings]);
        await LearnedAsync(host);
        Assert.Empty(await Emulator.CallsAsync("PATCH"));

        Policies.Allow("write orders", "main.sales.orders", "modify", "@data-engineers").Publish();
        var since = Stopwatch.GetTimestamp();
        await Wait.ForAsync(
            () => Emulator.HoldsAsync("table", "main.sales.orders", "data-engineers", "MODIFY"), holds => holds,
            TimeSpan.FromSeconds(90), _ => host.LogEnd);

        var took = Stopwatch.GetElapsedTime(since).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{took:0.0} s from the change to the grant; the limit is Every + Settle + 10 s = {Every + Settle + 10} s"));
        Assert.Equal(["main", "main.sales", "main.sales.orders"], await NamesAsync(host));
        Assert.False(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));
    }

    [Fact]
    public async Task A_process_that_is_killed_while_a_change_is_turned_into_tasks_turns_it_into_tasks_after_its_restart()
    {
        Policies.Allow("read customers", "main.sales.customers", "select", "@analysts").Publish();
        await using var ranger = RangerAdmin.Start(Policies);
        var host = await StartHostAsync([.. Watching, ("Policies:Watch:Settle", Seconds(10)), .. ranger.Settings]);
        await LearnedAsync(host);

        Policies.Allow("read orders", "main.sales.orders", "select", "@data-engineers").Publish();
        await LoggedAsync(host, "Accepted policies version 2"); // the change is known now, and waits for others
        Assert.DoesNotContain("because policies changed", host.Log, StringComparison.Ordinal);
        await host.KillAndRestartAsync();

        await Wait.ForAsync(
            () => Emulator.HoldsAsync("table", "main.sales.orders", "data-engineers", "SELECT"), holds => holds,
            TimeSpan.FromSeconds(90), _ => host.LogEnd);
    }

    private static Task LearnedAsync(Host host) => LoggedAsync(host, "what it holds counts as dealt with");

    private static Task LoggedAsync(Host host, string text) => Wait.ForAsync(
        () => Task.FromResult(host.Log.Contains(text, StringComparison.Ordinal)), isLogged => isLogged, TimeSpan.FromSeconds(60), _ => host.LogEnd);

    // Everything that tasks of the watch named.
    private static async Task<IReadOnlyList<string>> NamesAsync(Host host)
    {
        var (_, text) = await host.SendAsync(HttpMethod.Get, "policysync/api/v1/tasks?pageSize=100");
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var task in JsonNode.Parse(text)!["tasks"]!.AsArray())
        {
            Assert.Equal("policy-watch", (string?)(await host.GetTaskAsync((string)task!["taskId"]!))["event"]?["source"]);
            names.UnionWith((await host.ResourcesAsync((string)task["taskId"]!)).Select(item => (string)item!["fullName"]!));
        }

        return [.. names];
    }

    private static string Seconds(int seconds) => TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture);
}
