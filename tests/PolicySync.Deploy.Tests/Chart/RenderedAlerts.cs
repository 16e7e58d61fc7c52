using System.Text.RegularExpressions;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>The alert rules that the chart installs: several releases may share one Prometheus.</summary>
public sealed partial class RenderedAlerts
{
    private static readonly string[] Files =
    [
        .. new[] { "01-split-token.yaml", "08-monitoring.yaml" }.Select(file => Path.Combine(Repository.Root, "tests", "PolicySync.Deploy.Tests", "values", file)),
    ];

    [Fact]
    public async Task The_alerts_of_a_release_look_at_the_series_of_that_release_alone()
    {
        var rules = await RulesAsync("instance=finance");

        var selectors = Selectors().Matches(rules);
        Assert.True(selectors.Count > 20, $"{selectors.Count} selectors");
        Assert.All(selectors, selector => Assert.Contains("namespace=\"policies\",service_namespace=\"finance\"", selector.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_alerts_link_to_the_runbook_that_is_configured()
    {
        var rules = await RulesAsync("metrics.prometheusRule.runbookUrl=https://wiki.example/policysync");

        var links = Links().Matches(rules).Select(link => link.Value).ToList();
        Assert.Equal(links.Count, links.Distinct(StringComparer.Ordinal).Count());
        Assert.All(links, link => Assert.StartsWith("runbook_url: https://wiki.example/policysync#policysync", link, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_runbook_address_that_is_none_is_refused()
    {
        var ended = await Helm.TemplateAsync(Files, "metrics.prometheusRule.runbookUrl=wiki");

        Assert.NotEqual(0, ended.Code);
        Assert.Contains("runbookUrl", ended.All, StringComparison.Ordinal);
    }

    private static async Task<string> RulesAsync(string setting) =>
        (await Helm.ObjectsAsync(Files, setting)).Single(item => item.Kind == "PrometheusRule").Text;

    [GeneratedRegex("policysync_[a-z0-9_]+(\\{[^}]*\\})?", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Selectors();

    [GeneratedRegex("runbook_url: \\S+", RegexOptions.None, 1_000)]
    private static partial Regex Links();
}
