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
    public const string Wait = "policysync.workspace.wait";
    public const string Waiting = "policysync.workspace.waiting";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _wait;

    public WorkspaceMetrics(IMeterFactory meters, RequestBudget budget)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>(Requests, "{request}", "Requests answered by the workspace, by method and status.");
        _wait = meter.CreateHistogram<double>(Wait, "s", "Time that a request waited for its turn in the budget.");
        meter.CreateObservableGauge(Waiting, () => budget.Waiting, "{request}", "Requests that wait for their turn now.");
    }

    public void Waited(TimeSpan wait) => _wait.Record(wait.TotalSeconds);

    public void Answered(HttpMethod method, HttpStatusCode status) => _requests.Add(
        1,
        new KeyValuePair<string, object?>("method", method.Method),
        new KeyValuePair<string, object?>("status", ((int)status).ToString(CultureInfo.InvariantCulture)));
}
