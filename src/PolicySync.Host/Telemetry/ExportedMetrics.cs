using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using PolicySync.Core.Telemetry;

namespace PolicySync.Host.Telemetry;

/// <summary>
/// Which instruments of others are exported, and by which labels. The service's own are all exported. Of Orleans, ASP.NET Core and the
/// runtime those are, by which an operator recognises a fault that the service's own do not show; the rest would be nine tenths of a scrape.
/// Labels that have one value, or that a caller can choose, are left out, so that the number of series has a bound.
/// </summary>
internal static class ExportedMetrics
{
    /// <summary>Seconds; as far as a request may wait for the end of its task.</summary>
    private static readonly double[] RequestBounds = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30];

    private static readonly HashSet<string> Whole = new(StringComparer.Ordinal)
    {
        // The cluster, and the load of its silos.
        "orleans-consistent-ring-size", "orleans-grains", "orleans-catalog-activations", "orleans-catalog-activation-failed-to-activate",
        "orleans-client-connected-gateways", "orleans-gateway-connected-clients", "orleans-gateway-load-shedding",
        "orleans-messaging-expired", "orleans-messaging-rejected", "orleans-messaging-sent-dropped", "orleans-messaging-sent-failed",
        "orleans-app-requests-timedout", "orleans-scheduler-long-running-turns", "orleans-watchdog-health-checks-failed",
        "orleans-storage-read-errors", "orleans-storage-write-errors",

        // Connections to the API.
        "http.server.active_requests", "kestrel.active_connections", "kestrel.rejected_connections",

        // The process.
        "dotnet.gc.collections", "dotnet.gc.pause.time", "dotnet.gc.last_collection.heap.size", "dotnet.gc.heap.total_allocated",
        "dotnet.process.cpu.time", "dotnet.process.memory.working_set", "dotnet.thread_pool.queue.length", "dotnet.thread_pool.thread.count",
        "dotnet.monitor.lock_contentions",
    };

    private static readonly Dictionary<string, string[]> Times = new(StringComparer.Ordinal)
    {
        ["http.server.request.duration"] = ["http.route", "http.request.method", "http.response.status_code"],
        ["http.client.request.duration"] = ["server.address", "http.response.status_code", "error.type"],
    };

    /// <summary>How an instrument is exported; null for as it is.</summary>
    public static MetricStreamConfiguration? Of(Instrument instrument) =>
        instrument.Meter.Name.StartsWith(MetricNames.Meter, StringComparison.Ordinal) || Whole.Contains(instrument.Name) ? null
        : Times.TryGetValue(instrument.Name, out var labels) ? new ExplicitBucketHistogramConfiguration { Boundaries = RequestBounds, TagKeys = labels }
        : MetricStreamConfiguration.Drop;
}
