using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>Alerts, their runbook, and the dashboard, as files.</summary>
public sealed partial class AlertTests
{
    private static readonly string Cases = Path.Combine(Repository.Root, "tests/PolicySync.EndToEnd.Tests/Operations/alerts.test.yaml");

    [NeedsTool("promtool")]
    public async Task Prometheus_takes_the_rules_and_each_alert_fires_when_it_should_and_not_before()
    {
        var (checkCode, check) = await PromtoolAsync("check", "rules", ObservabilityFiles.Alerts);
        Assert.True(checkCode == 0, check);

        var (testCode, test) = await PromtoolAsync("test", "rules", Cases);
        Assert.True(testCode == 0, test);
    }

    [Fact]
    public async Task Every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var cases = await File.ReadAllTextAsync(Cases);

        foreach (var alert in ObservabilityFiles.ReadAlerts())
        {
            var expectations = cases.Split($"alertname: {alert.Name}\n").Skip(1).Select(rest => rest.Split("alertname:")[0]).ToList();
            Assert.Contains(expectations, text => text.Contains("exp_labels", StringComparison.Ordinal));
            Assert.Contains(expectations, text => text.Contains("exp_alerts: []", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_alert_has_a_chapter_of_the_runbook_and_every_chapter_an_alert()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/operations.md"));
        var chapters = text.Split('\n').Where(line => line.StartsWith("### PolicySync", StringComparison.Ordinal)).Select(line => line[4..].Trim());
        var alerts = ObservabilityFiles.ReadAlerts();

        Assert.Equal(alerts.Select(alert => alert.Name), chapters);
        Assert.All(alerts, alert => Assert.Equal("https", alert.Runbook.Scheme));
        Assert.All(alerts, alert => Assert.EndsWith($"/docs/operations.md#{alert.Name.ToLowerInvariant()}", alert.Runbook.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_tells_instances_of_the_service_apart()
    {
        Assert.All(ObservabilityFiles.ReadAlerts(), alert =>
        {
            Assert.All(Metrics().Matches(alert.Expression), metric => Assert.Contains("service_namespace=~\".+\"", metric.Value, StringComparison.Ordinal));
            Assert.All(Aggregations().Matches(alert.Expression), by => Assert.StartsWith(" by (namespace, service_namespace", by.Groups["by"].Value, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task The_dashboard_is_one_that_Grafana_can_load()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(ObservabilityFiles.Dashboard));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();

        Assert.Equal("policysync", dashboard.RootElement.GetProperty("uid").GetString());
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("gridPos").GetRawText()).Distinct().Count());
        Assert.Equal("row", panels[0].GetProperty("type").GetString());
        Assert.Equal(["datasource", "namespace", "instance"], dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()));
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("title").GetString()!));
        Assert.All(panels.Where(panel => panel.GetProperty("type").GetString() != "row"), panel =>
        {
            Assert.NotEmpty(panel.GetProperty("description").GetString()!);
            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
            Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray());
        });
    }

    private static async Task<(int Code, string Output)> PromtoolAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(NeedsToolAttribute.PathOf("promtool") ?? throw new FileNotFoundException("promtool is not installed"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
        };
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }

    [GeneratedRegex("\\bpolicysync_[a-z0-9_]+(\\{[^}]*\\})?", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Metrics();

    [GeneratedRegex("\\b(sum|max|min|group)\\b(?<by>[^)]*)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Aggregations();
}
