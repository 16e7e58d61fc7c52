using System.Globalization;
using Microsoft.Playwright;
using PolicySync.EndToEnd.Tests;
using PolicySync.EndToEnd.Tests.Operations;
using Xunit.Abstractions;

namespace PolicySync.Ui.Tests;

/// <summary>Pages of large estates are shown whole. Prints what each costs: bytes, the server's time, and the time until the browser's load event.</summary>
public sealed class LargeEstateTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    private const int BoundMs = 10_000;

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task Every_securable_of_a_large_catalog_is_listed_page_by_page_and_one_is_opened()
    {
        const int TablesPerSchema = 1_000;
        var schemas = LargeCount.Value / TablesPerSchema;
        await Emulator.GenerateAsync("big", schemas, TablesPerSchema);
        Policies.Allow("read", "big.*.table_0000?", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Workspace:MaxConcurrency", "32"));
        await host.EndOfAsync(await host.PostAsync(Payload.Catalog("big")), seconds: 600);
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.read"));

        var names = await PagesAsync(visitor, "/ui/securables?securable=big", "#securable-rows tbody th a", "securables");
        Assert.Equal(1 + schemas + (schemas * TablesPerSchema), names.Distinct().Count());
        Assert.Equal(names.Count, names.Distinct().Count());

        var last = $"big.schema_{schemas - 1:0000}.table_00999";
        var cost = await CostAsync(visitor, $"/ui/securables/table/{last}");
        output.WriteLine($"one securable: {cost}");
        await Assertions.Expect(visitor.Page.Locator("main h1")).ToContainTextAsync(last);
        Assert.Empty(visitor.Complaints);
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task Every_one_of_2000_principals_of_a_table_is_shown_page_by_page()
    {
        const string Table = "main.sales.customers";
        var users = Enumerable.Range(0, 2_000).Select(n => $"user{n:0000}@example.com").ToList();
        await Emulator.AddPrincipalsAsync(new { users = users.Select(name => new { userName = name }) });
        await Emulator.SetGrantsAsync("table", Table, [.. users.Select(name => (name, new[] { "SELECT" }))]);
        Policies.Allow("read", "main.*.*", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.read"));

        var names = await PagesAsync(visitor, $"/ui/securables/table/{Table}?source=live", "#access-rows tbody th a", "principals");

        Assert.Empty(users.Except(names));
        Assert.Empty(visitor.Complaints);
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task Every_one_of_3000_changed_lines_of_a_plan_is_shown_page_by_page()
    {
        const int Tables = 60;
        const int Each = 50;
        var users = Enumerable.Range(0, Each).Select(n => $"user{n:0000}@example.com").ToList();
        await Emulator.AddPrincipalsAsync(new { users = users.Select(name => new { userName = name }) });
        await Emulator.GenerateAsync("wide", 1, Tables);
        Policies.Allow("read", "wide.*.*", "select", string.Join(' ', users)).Publish();
        var host = await StartHostAsync();
        var plan = await host.PlanAsync(new { resources = new[] { Payload.Resource("catalog", "wide") } });
        Assert.Equal("SUCCESS", (string?)plan["status"]);
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.read"));

        var lines = await PagesAsync(visitor, $"/ui/plans/{plan["planId"]}", "ul.diff > li", "lines of the plan");

        Assert.Equal(Tables * Each, lines.Count(line => line.Contains("SELECT", StringComparison.Ordinal)));
        Assert.Empty(visitor.Complaints);
    }

    // Opens each page of a list, prints what they cost, and returns the texts of what it shows.
    private async Task<IReadOnlyList<string>> PagesAsync(Visitor visitor, string path, string selector, string what)
    {
        var (shown, costs) = (new List<string>(), new List<Cost>());
        for (var next = path; next is not null;)
        {
            costs.Add(await CostAsync(visitor, next));
            shown.AddRange((await visitor.Page.Locator(selector).AllTextContentsAsync()).Select(text => text.Trim()));
            next = await visitor.Page.EvaluateAsync<string?>("document.querySelector('a[rel=next]')?.href ?? null");
        }

        output.WriteLine($"{shown.Count} {what} on {costs.Count} pages");
        output.WriteLine($"  the first: {costs[0]}");
        output.WriteLine($"  the slowest: {costs.MaxBy(cost => cost.LoadMs)}");
        output.WriteLine($"  the middle: {costs.OrderBy(cost => cost.LoadMs).ElementAt(costs.Count / 2)}");
        Assert.All(costs, cost => Assert.InRange(cost.LoadMs, 0, BoundMs));
        return shown;
    }

    private static async Task<Cost> CostAsync(Visitor visitor, string path)
    {
        var answer = await visitor.GoAsync(path);
        Assert.True(answer.Ok, $"{path}: {answer.Status}");
        var times = await visitor.Page.EvaluateAsync<double[]>(
            "(([one]) => [one.decodedBodySize, one.responseStart - one.requestStart, one.loadEventStart])(performance.getEntriesByType('navigation'))");
        return new Cost((int)times[0], times[1], times[2]);
    }

    private sealed record Cost(int Bytes, double ServerMs, double LoadMs)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Bytes:N0} bytes, server {ServerMs:N0} ms, load event {LoadMs:N0} ms");
    }
}
