using System.Diagnostics.Metrics;
using PolicySync.Core;
using PolicySync.Core.Tasks;
using PolicySync.Core.Telemetry;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Telemetry;

/// <summary>Counts what the API does, by the names of <see cref="MetricNames"/>.</summary>
internal sealed class ApiMetrics
{
    private const string StatusTag = "http.response.status_code";

    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _tokens;

    public ApiMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MetricNames.Meter);
        _accepted = meter.CreateCounter<long>(MetricNames.TasksAccepted, "{task}", "Tasks accepted by the API.");
        _refused = meter.CreateCounter<long>(MetricNames.RequestsRefused, "{request}", "Requests answered with 4xx or 5xx.");
        _tokens = meter.CreateCounter<long>(MetricNames.TokensRefused, "{token}", "Tokens that were checked and refused.");

        // A counter that does not exist before its first event hides that event from `rate` and `increase`.
        foreach (var status in new[] { SyncTaskStatus.New, SyncTaskStatus.Waiting, SyncTaskStatus.InProgress, SyncTaskStatus.Skipped })
        {
            _accepted.Add(0, new KeyValuePair<string, object?>("status", WireNames.Of(status)));
        }

        foreach (var status in new[] { 400, 401, 403, 404, 413, 415, 429, 500, 503 })
        {
            _refused.Add(0, new KeyValuePair<string, object?>(StatusTag, status));
        }

        foreach (var reason in RefusedTokens.Reasons)
        {
            _tokens.Add(0, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    public void Accepted(SyncTaskStatus status) => _accepted.Add(1, new KeyValuePair<string, object?>("status", WireNames.Of(status)));

    public void TokenRefused(string reason) => _tokens.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Refused(int status) => _refused.Add(1, new KeyValuePair<string, object?>(StatusTag, status));
}
