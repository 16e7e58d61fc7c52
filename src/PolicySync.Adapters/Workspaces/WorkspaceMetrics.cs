using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using PolicySync.Adapters.Workspaces.Budget;

namespace PolicySync.Adapters.Workspaces;

/// <summary>What dashboards and alerts read about the workspace. The names are promises.</summary>
internal sealed class WorkspaceMetrics
{
    public const string MeterName = "PolicySync.Workspace";
    public const string Requests = "policysync.workspace.requests";
    public const string Refused = "policysync.workspace.refused";
    public const string Wait = "policysync.workspace.wait";
    public const string Waiting = "policysync.workspace.waiting";
    public const string Budget = "policysync.workspace.budget";
    public const string BudgetTotal = "policysync.workspace.budget.total";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _wait;

    public WorkspaceMetrics(IMeterFactory meters, RequestBudget budget, BudgetKeeper keeper)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>(Requests, "{request}", "Requests answered by the workspace, by method, route template and status.");
        _refused = meter.CreateCounter<long>(Refused, "{request}", "Requests that the workspace refused for coming too soon (429).");
        _wait = meter.CreateHistogram<double>(Wait, "s", "Time that a request waited for its turn in the budget.");
        meter.CreateObservableGauge(Waiting, () => budget.Now.Waiting, "{request}", "Requests that wait for their turn now.");
        meter.CreateObservableGauge(Budget, () => budget.Rate, "{request}/s", "Requests per second that this process may make now.");
        meter.CreateObservableGauge(BudgetTotal, () => keeper.Total, "{request}/s", "Requests per second of all processes together: the configured rate, or less after refusals.");
    }

    public void Waited(TimeSpan wait) => _wait.Record(wait.TotalSeconds);

    public void Answered(HttpRequestMessage request, HttpStatusCode status)
    {
        _requests.Add(
            1,
            new KeyValuePair<string, object?>("method", request.Method.Method),
            new KeyValuePair<string, object?>("route", RouteTemplate.Of(request.RequestUri)),
            new KeyValuePair<string, object?>("status", ((int)status).ToString(CultureInfo.InvariantCulture)));
        // Nothing refused is told too: a rate of what was never there is no rate.
        _refused.Add(status == HttpStatusCode.TooManyRequests ? 1 : 0);
    }
}
