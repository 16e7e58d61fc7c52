using System.Net;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>Lets each attempt wait for its turn and holds the turn until the answer has been read.</summary>
internal sealed class BudgetHandler(RequestBudget budget, WorkspaceMetrics metrics, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var queued = time.GetTimestamp();
        using var turn = await budget.TakeTurnAsync(cancellationToken);
        metrics.Waited(time.GetElapsedTime(queued));

        var response = await base.SendAsync(request, cancellationToken);
        metrics.Answered(request.Method, response.StatusCode);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            budget.NoteRefusal();
        }

        return response;
    }
}
