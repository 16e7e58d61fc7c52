using System.Text.Json;
using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>The dashboard with a real Prometheus and two instances of the service, which stand for those of two namespaces.</summary>
public sealed class GrafanaDashboardTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string All = ".*";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly string Charts = Path.Combine(Repository.Root, ".run", "charts", "node_modules", "echarts", "dist", "echarts.min.js");

    /// <summary>Where the picture of the dashboard is left, for people to look at.</summary>
    private static readonly string Picture = Path.Combine(Repository.Root, ".run", "pictures", "grafana.png");

    private static readonly string[] Instances = ["one", "two"];

    [NeedsTool("prometheus", "chromium")]
    public async Task Two_instances_on_one_Prometheus_are_told_apart_on_every_panel()
    {
        Policies.Allow("read", "main.sales.*", "select", "@analysts").Publish();
        await using var features = new EveryFeature();
        await using var others = new EveryFeature("other");
        var hosts = await Task.WhenAll(StartAsync(Instances[0], features), StartAsync(Instances[1], others));
        await using var prometheus = await Prometheus.StartAsync(("data", hosts[0]), ("science", hosts[1]));
        var from = TimeProvider.System.GetUtcNow();
        foreach (var (n, host) in hosts.Index())
        {
            await host.RunAsync(Payload.Schema("main.sales"));
            await host.RunAsync(Payload.Table("main.sales.missing")); // fails, for the panels of failures
            await EveryFeature.LetTheWatchFindATableAsync(host, Emulator, $"main.sales.fresh{n}", Limit);
        }

        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(ObservabilityFiles.Dashboard));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        foreach (var panel in panels.Where(panel => panel.GetProperty("type").GetString() != "row"))
        {
            var title = panel.GetProperty("title").GetString();
            foreach (var expression in panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!))
            {
                await Wait.ForAsync(
                    () => prometheus.AskAsync(Shown(expression, All)),
                    series => Instances.All(instance => series.Any(one => Of(one) == instance)), Limit, seen => $"{title}: {expression}: {seen?.Count} series");
                Assert.All(await prometheus.AskAsync(Shown(expression, "two")), series => Assert.Equal("two", Of(series)));
            }
        }

        Assert.True(File.Exists(Charts), $"{Charts} is missing: deploy/dev.sh test installs it");
        var shown = await Task.WhenAll(panels.Select(async panel => new JsonObject
        {
            ["panel"] = JsonNode.Parse(panel.GetRawText()),
            ["results"] = new JsonArray([.. await Task.WhenAll(Targets(panel).Select(async expression =>
                (await prometheus.AskAsync(Shown(expression, All), from, TimeProvider.System.GetUtcNow())).DeepClone()))]),
        }));
        await DrawAsync(new JsonArray([.. shown]));
    }

    // The filters of rare events are left out: both instances have such events only by chance.
    private static string Shown(string expression, string instance) => expression
        .Replace("$namespace", All, StringComparison.Ordinal).Replace("$instance", instance, StringComparison.Ordinal)
        .Replace("$__rate_interval", "15s", StringComparison.Ordinal).Replace(" > 0", " >= 0", StringComparison.Ordinal);

    private static IEnumerable<string> Targets(JsonElement panel) =>
        panel.TryGetProperty("targets", out var targets) ? targets.EnumerateArray().Select(target => target.GetProperty("expr").GetString()!) : [];

    private static string? Of(JsonNode? series) => (string?)series!["metric"]!["service_namespace"];

    private Task<Host> StartAsync(string instance, EveryFeature features) =>
        StartHostAsync([.. features.Settings, ("Instance", instance), ("Auth:Audience", "instance1"), ("Metrics:DashboardUrl", "https://grafana.example")]);

    private static async Task DrawAsync(JsonArray shown)
    {
        var page = Path.Combine(Directory.CreateTempSubdirectory("grafana-").FullName, "dashboard.html");
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "charts", "draw.js"));
        await File.WriteAllTextAsync(page, $"<!doctype html><meta charset=utf-8><body><script src='{new Uri(Charts)}'></script><script>const shown = {shown.ToJsonString()};\n{script}</script>");
        await using var browser = await Chromium.StartAsync();
        await browser.OpenAsync(new Uri(page));
        await browser.UntilAsync("window.drawn === true");
        Directory.CreateDirectory(Path.GetDirectoryName(Picture)!);
        await File.WriteAllBytesAsync(Picture, await browser.WholePictureAsync());
        Assert.Equal(
            shown.Count(panel => (string?)panel!["panel"]!["type"] is "timeseries" or "stat").ToString(System.Globalization.CultureInfo.InvariantCulture),
            await browser.EvaluateAsync("document.querySelectorAll('.panel canvas').length"));
        Directory.Delete(Path.GetDirectoryName(page)!, recursive: true);
    }
}
