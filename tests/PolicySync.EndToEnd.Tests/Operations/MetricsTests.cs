using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using EventHubs.Emulator;
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
        await using var receiver = new WebhookReceiver(); // the metrics of webhooks are there when there are any
        var port = FreePort.Next();
        using var hub = EventHubsEmulator.Start(new EmulatorOptions(port, [("sync", 1)], new HashSet<string> { EmulatorOptions.DefaultGroup }), TimeProvider.System); // those of events too
        var audit = Directory.CreateTempSubdirectory("audit-"); // and so are those of the audit stream
        var host = await StartHostAsync(
            ("Policies:Watch:Mode", "Verify"), ("Policies:Watch:First", "All"), // and those of the watch of policies
            ("Audit:Sinks:0:Kind", "File"), ("Audit:Sinks:0:Path", Path.Combine(audit.FullName, "audit.log")), ("Audit:Spool", audit.FullName),
            ("Events:EventHub:Enabled", "true"), ("Events:EventHub:ConnectionString", hub.ConnectionString("sync")), ("Events:EventHub:BalanceEvery", "00:00:01"),
            ("Watch:Every", "00:00:10"), // and those of the watch
            ("Webhooks:Endpoints:0:Name", "ops"), ("Webhooks:Endpoints:0:Url", receiver.Url.ToString()),
            ("Webhooks:Endpoints:0:Secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("Webhooks:AllowedHosts:0", "127.0.0.1"));
        await host.RunAsync(Payload.Schema("main.sales"));
        await Wait.ForAsync(host.MetricsAsync, text => text.Contains("policysync_watch_round_seconds_count", StringComparison.Ordinal), Enough * 2, _ => host.LogEnd);
        await Emulator.MakeAsync("table", "main.sales.fresh", new { owner = "platform-admins", columns = new[] { new { name = "id", type = "bigint" } } }); // which it finds
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

        static IEnumerable<string> Ours(ILookup<string, IEnumerable<string>> exported) => exported
            .Where(metric => metric.Key.StartsWith("policysync_", StringComparison.Ordinal))
            .Select(metric => $"{metric.Key} {string.Join(',', metric.SelectMany(labels => labels).Distinct().Except(["otel_scope_name", "le"]).Order(StringComparer.Ordinal))}".TrimEnd())
            .Order(StringComparer.Ordinal);
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
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
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
