using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core.Telemetry;

namespace PolicySync.Adapters.Workspaces;

/// <summary>Counts and times of the calls to the workspace, by the names of <see cref="MetricNames"/>.</summary>
internal sealed class WorkspaceMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _wait;

    public WorkspaceMetrics(IMeterFactory meters, RequestBudget budget, BudgetKeeper keeper)
    {
        var meter = meters.Create(MetricNames.WorkspaceMeter);
        _requests = meter.CreateCounter<long>(MetricNames.WorkspaceRequests, "{request}", "Requests answered by the workspace, by method, route template and status.");
        _refused = meter.CreateCounter<long>(MetricNames.WorkspaceRefused, "{request}", "Requests that the workspace refused for coming too soon (429).");
        _wait = meter.CreateHistogram<double>(MetricNames.WorkspaceWait, "s", "Time that a request waited for its turn in the budget.");
        meter.CreateObservableGauge(MetricNames.WorkspaceWaiting, () => budget.Now.Waiting, "{request}", "Requests that wait for their turn now.");
        meter.CreateObservableGauge(MetricNames.WorkspaceBudget, () => budget.Rate, "{request}/s", "Requests per second that this process may make now.");
        meter.CreateObservableGauge(MetricNames.WorkspaceBudgetTotal, () => keeper.Total, "{request}/s", "Requests per second of all processes together: the configured rate, or less after refusals.");
    }

    public void RecordWait(TimeSpan wait) => _wait.Record(wait.TotalSeconds);

    public void RecordAnswer(HttpRequestMessage request, HttpStatusCode status)
    {
        _requests.Add(
            1,
            new KeyValuePair<string, object?>("method", request.Method.Method),
            new KeyValuePair<string, object?>("route", RouteTemplate.Of(request.RequestUri)),
            new KeyValuePair<string, object?>("status", ((int)status).ToString(CultureInfo.InvariantCulture)));
        // Zero is recorded too: a rate needs the series to exist before its first increase.
        _refused.Add(status == HttpStatusCode.TooManyRequests ? 1 : 0);
    }
}
