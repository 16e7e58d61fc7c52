using System.Diagnostics.Metrics;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Telemetry;

/// <summary>What the API counts.</summary>
internal sealed class ApiMetrics
{
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;

    public ApiMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MetricNames.Meter);
        _accepted = meter.CreateCounter<long>(MetricNames.TasksAccepted, "{task}", "Tasks accepted by the API.");
        _refused = meter.CreateCounter<long>(MetricNames.RequestsRefused, "{request}", "Requests answered with 4xx or 5xx.");
    }

    public void Accepted(SyncTaskStatus status) => _accepted.Add(1, new KeyValuePair<string, object?>("status", WireNames.Of(status)));

    public void Refused(int status) => _refused.Add(1, new KeyValuePair<string, object?>("http.response.status_code", status));
}
