using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>What a running service exports, against what is promised of it and what dashboard and alerts ask for.</summary>
public sealed partial class MetricsTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_running_service_exports_exactly_the_metrics_that_are_promised_and_all_that_dashboard_and_alerts_ask_for()
    {
        Policies.Allow("read", "main.sales.*", "select", "@analysts").Publish();
        await using var features = new EveryFeature(); // whose metrics are there only when it is on
        var host = await StartHostAsync(features.Settings);
        await host.RunAsync(Payload.Schema("main.sales"));
        await EveryFeature.LetTheWatchFindATableAsync(host, Emulator, "main.sales.fresh", Enough * 2);
        var promised = Promised();
        var asked = Expressions().SelectMany(NamesIn).Distinct(StringComparer.Ordinal).ToList();

        // Some are measured when what they measure is over, which is after a task's end has been seen.
        var since = Stopwatch.GetTimestamp();
        var exported = await Wait.ForAsync(
            async () => Series(await host.MetricsAsync()).ToLookup(series => series.Name, series => series.Labels),
            seen => Stopwatch.GetElapsedTime(since) > Enough || (Ours(seen).SequenceEqual(promised) && asked.TrueForAll(seen.Contains)),
            Enough * 2, _ => "metrics are not shown");

        Assert.Equal(promised, Ours(exported));
        Assert.DoesNotContain(asked, name => !exported.Contains(name));
        Assert.True(asked.Count > 20, $"only {asked.Count} metrics are asked for");
        Assert.All(exported.Where(metric => metric.Key != "target_info").SelectMany(metric => metric), labels => Assert.Contains("service_namespace", labels));

        static IEnumerable<string> Ours(ILookup<string, IEnumerable<string>> exported) => exported
            .Where(metric => metric.Key.StartsWith("policysync_", StringComparison.Ordinal))
            .Select(metric => $"{metric.Key} {string.Join(',', metric.SelectMany(labels => labels).Distinct().Except(["service_namespace", "le"]).Order(StringComparer.Ordinal))}".TrimEnd())
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_number_of_series_does_not_grow_with_tasks_and_securables()
    {
        const int Most = 700;
        Policies.Allow("read", "main.*.*", "select", "@analysts").Publish();
        await Emulator.GenerateAsync("main", schemas: 2, tablesPerSchema: 20);
        await using var features = new EveryFeature();
        var host = await StartHostAsync(features.Settings);
        await host.RunAsync(Payload.Schema("main.schema_0000"));
        await host.RunAsync(Payload.Table("main.schema_0000.table_00000"));
        var before = Keys(await host.MetricsAsync());

        await host.RunAsync(Payload.Schema("main.schema_0001"));
        foreach (var n in Enumerable.Range(1, 10))
        {
            await host.RunAsync(Payload.Table($"main.schema_0001.table_{n:00000}"));
        }

        var text = await host.MetricsAsync();
        var after = Keys(text);
        Assert.True(after.Count <= Most, $"{after.Count} series, {text.Length} bytes: {string.Join(' ', after.CountBy(key => key.Split('{')[0]).OrderByDescending(pair => pair.Value).Take(12))}");
        Assert.True(after.Except(before).Count() < 60, string.Join('\n', after.Except(before)));

        static HashSet<string> Keys(string text) => [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[..line.LastIndexOf('}')])];
    }

    [Fact]
    public void Dashboard_and_alerts_show_every_metric_that_is_ours()
    {
        var asked = Expressions().SelectMany(NamesIn).ToHashSet(StringComparer.Ordinal);
        var families = Promised().Select(line => Parts().Replace(line.Split(' ')[0], "")).Distinct();

        Assert.DoesNotContain(families, family => !asked.Any(name => Parts().Replace(name, "") == family));
    }

    /// <summary>Every PromQL expression of the dashboard and the alerts.</summary>
    internal static IEnumerable<string> Expressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(ObservabilityFiles.Dashboard));
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            foreach (var target in panel.TryGetProperty("targets", out var targets) ? targets.EnumerateArray().ToList() : [])
            {
                yield return target.GetProperty("expr").GetString()!;
            }
        }

        foreach (var alert in ObservabilityFiles.ReadAlerts())
        {
            yield return alert.Expression;
        }
    }

    /// <summary>The series of the golden file, each with its labels.</summary>
    private static List<string> Promised() =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "PolicySync.Testing", "Telemetry.txt")).Where(line => line.StartsWith("metric ", StringComparison.Ordinal)).Select(line => line["metric ".Length..])];

    private static IEnumerable<string> NamesIn(string expression) => Names().Matches(Labels().Replace(expression, "")).Select(match => match.Value);

    private static IEnumerable<(string Name, IEnumerable<string> Labels)> Series(string text) =>
        from line in text.Split('\n')
        where line.Length > 0 && line[0] != '#'
        select Line().Match(line) into match
        select (match.Groups["name"].Value, Label().Matches(match.Groups["labels"].Value).Select(label => label.Groups["label"].Value));

    [GeneratedRegex("(?<name>[a-zA-Z_:0-9]+)(\\{(?<labels>.*)\\})?", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Line();

    [GeneratedRegex("(?<label>[a-zA-Z_0-9]+)=\"", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Label();

    // What stands in braces or after `by` are labels.
    [GeneratedRegex("\\{[^}]*\\}|by \\([^)]*\\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Labels();

    [GeneratedRegex("\\b(policysync|orleans|http|dotnet)_[a-z0-9_]+\\b", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Names();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Parts();
}
