using System.Text.Json.Nodes;
using Microsoft.Playwright;
using PolicySync.EndToEnd.Tests;
using PolicySync.EndToEnd.Tests.Operations;
using Host = PolicySync.EndToEnd.Tests.Stack.Host;

namespace PolicySync.Ui.Tests;

/// <summary>For the estate of the demo, pages show what the API answers. <c>PagesSayWhatTheApiSays</c> does the same for a random one.</summary>
public sealed class DemoEstateTests(AzuriteFixture azurite) : EstateTest(azurite)
{
    private const string Customers = "securables/table/main.sales.customers";

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task Each_list_of_the_API_is_on_its_page_item_by_item_in_its_order()
    {
        var (host, pages) = await EstateAsync();
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));
        var plan = pages.Single(page => page.Name == "plan").Path;
        var task = pages.Single(page => page.Name == "task").Path;
        (string Api, string List, string Page, Func<JsonNode, IEnumerable<JsonNode?>> Words)[] lists =
        [
            ("catalogs", "catalogs", "/ui", item => [item["name"], item["securables"]]),
            ("securables?pageSize=100", "securables", "/ui/securables", item => [item["fullName"]]),
            ("tasks?pageSize=50", "tasks", "/ui/tasks", item => [item["taskId"]]),
            ("drift", "drift", "/ui/drift", item => [item["fullName"], item["privilege"], item["principal"]]),
            ("suspensions", "suspensions", "/ui/suspensions", item => [item["pattern"], item["reason"]]),
            ("policies?pageSize=100", "policies", "/ui/policies", item => [item["id"], item["name"]]),
            ("policies/101/effects?pageSize=100", "effects", "/ui/policies/101", item => [item["fullName"]]),
            ("checks", "checks", "/ui/health", item => [NameOf(item), item["remedy"]]),
            ($"{Customers}/access?source=live&pageSize=100", "principals", $"/ui/{Customers}?source=live", item => [item["principal"]]),
            ($"tasks/{task.Split('/')[^1]}/resources?pageSize=100", "resources", task, item => [item["fullName"]]),
            ($"plans/{plan.Split('/')[^1]}/resources?changed=true&pageSize=100", "resources", plan, item => [item["fullName"]]),
            ("principals/tess.sales@example.com/access", "reaches", "/ui/principals/tess.sales@example.com", item => [item["fullName"]]),
        ];
        foreach (var (api, list, page, words) in lists)
        {
            var items = (await ReadAsync(host, api))[list] as JsonArray ?? throw new InvalidOperationException($"{api} has no {list}");
            Assert.NotEmpty(items);
            await ShowsAsync(visitor.Page, (await visitor.GoAsync(page)).Url, [.. items.SelectMany(item => words(item!)).OfType<JsonNode>().Select(word => word.ToString().Replace("`", "", StringComparison.Ordinal))]);
        }
    }

    // Each word is on the page after the one before it, or is that one.
    private static async Task ShowsAsync(IPage page, string address, string[] words)
    {
        var shown = await page.Locator("main").EvaluateAsync<string>("main => { main.querySelectorAll('details').forEach(one => one.open = true); return main.innerText.replace(/\\s+/g, ' '); }");
        var at = 0;
        foreach (var word in words)
        {
            var next = shown.IndexOf(word, at, StringComparison.Ordinal);
            Assert.True(next >= 0, $"{address} does not show `{word}` from {at} on: {shown}");
            at = next;
        }
    }

    // A detail says how long a check took, so no two are alike; a page begins a name with a capital.
    private static JsonNode NameOf(JsonNode check) => (string)check["name"]! is var name ? char.ToUpperInvariant(name[0]) + name[1..] : "";

    private static async Task<JsonNode> ReadAsync(Host host, string api)
    {
        var (status, text) = await host.SendAsync(HttpMethod.Get, $"policysync/api/v1/{api}");
        Assert.True((int)status == 200, $"{api}: {status} {text}");
        return JsonNode.Parse(text)!;
    }
}
