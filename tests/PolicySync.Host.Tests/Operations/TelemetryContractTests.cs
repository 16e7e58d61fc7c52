using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using PolicySync.Adapters;
using PolicySync.AzureTables;
using PolicySync.ContractCheck;
using PolicySync.Core.Telemetry;
using PolicySync.Grains;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

/// <summary>
/// <c>tests/PolicySync.Testing/Telemetry.txt</c> lists the metrics and the log events of the service. A line may be added; a line that is
/// there never changes, as dashboards, alerts and log queries are built on it. <c>POLICYSYNC_UPDATE=1</c> writes the events.
/// </summary>
public sealed partial class TelemetryContractTests
{
    private static readonly string GoldenFile = Path.Combine(Repository.Root, "tests", "PolicySync.Testing", "Telemetry.txt");

    // An assembly's events are within its ranges, so that one id never means two things in one log.
    private static readonly (Assembly Assembly, int First, int Last)[] Ranges =
    [
        (typeof(GrainNames).Assembly, 1, 59),
        (typeof(AzureTablesOptions).Assembly, 60, 69),
        (typeof(GrainNames).Assembly, 70, 99),
        (typeof(PolicySyncAdapters).Assembly, 100, 199),
        (typeof(MetricNames).Assembly, 200, 299),
        (typeof(ContractCheckCommand).Assembly, 300, 399),
        (typeof(PolicySyncHost).Assembly, 1_000, 1_999),
    ];

    [Fact]
    public void Every_log_event_has_an_id_and_a_level_that_the_golden_file_lists()
    {
        var events = Events().Select(log => $"{log.Event.EventId} {log.Event.Level} {log.Assembly.GetName().Name}").ToList();
        if (Environment.GetEnvironmentVariable("POLICYSYNC_UPDATE") == "1")
        {
            File.WriteAllLines(GoldenFile, [.. Golden("metric ").Select(line => "metric " + line), .. events.Select(line => "log " + line)]);
        }

        Assert.Equal(Golden("log "), events);
    }

    [Fact]
    public void Every_log_event_is_within_the_range_of_its_assembly_and_no_id_means_two_things()
    {
        var events = Events();

        Assert.All(events, log => Assert.Contains(Ranges, range =>
            range.Assembly == log.Assembly && log.Event.EventId >= range.First && log.Event.EventId <= range.Last));
        Assert.Equal(events.Count, events.Select(log => log.Event.EventId).Distinct().Count());
    }

    [Fact]
    public void Every_instrument_is_a_metric_of_the_golden_file_and_the_other_way_round() => Assert.Equal(
        Golden("metric ").Select(line => Suffix().Replace(line.Split(' ')[0], "")).Distinct().Order(StringComparer.Ordinal),
        typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)
            .Except([MetricNames.Meter, MetricNames.WorkspaceMeter]).Select(name => name.Replace('.', '_')).Order(StringComparer.Ordinal));

    [Fact]
    public void Meters_have_the_names_that_collectors_select() =>
        Assert.Equal(("PolicySync", "PolicySync.Workspace"), (MetricNames.Meter, MetricNames.WorkspaceMeter));

    private static List<(Assembly Assembly, LoggerMessageAttribute Event)> Events() =>
    [
        .. from assembly in Ranges.Select(range => range.Assembly).Distinct()
           from type in assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           let log = method.GetCustomAttribute<LoggerMessageAttribute>()
           where log is not null
           orderby log.EventId
           select (assembly, log),
    ];

    private static List<string> Golden(string kind) =>
    [
        .. File.ReadLines(GoldenFile)
            .Where(line => line.StartsWith(kind, StringComparison.Ordinal)).Select(line => line[kind.Length..]),
    ];

    /// <summary>What Prometheus appends to a name: the unit, and what kind of number it is.</summary>
    [GeneratedRegex("(_seconds|_per_second)?(_total|_bucket|_count|_sum)?$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Suffix();
}
