using System.Net;
using PolicySync.Adapters.Workspaces.Errors;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>Makes each attempt wait for its turn, and holds the turn until the answer has been read.</summary>
internal sealed class BudgetHandler(RequestBudget budget, BudgetKeeper keeper, WorkspaceMetrics metrics, TimeProvider time)
    : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var queued = time.GetTimestamp();
        var meter = WorkspaceCall.Of(request)?.Meter;
        meter?.Hold(queued);
        try
        {
            keeper.RecordCall(waits: false);
            var coming = budget.TakeTurnForAsync(meter, WorkspaceErrors.IsWrite(request), cancellationToken);
            if (!coming.IsCompleted)
            {
                keeper.RecordCall(waits: true);
            }

            using var turn = await coming;
            meter?.LetGo();
            metrics.RecordWait(time.GetElapsedTime(queued));

            if (meter is not null && WorkspaceErrors.IsWrite(request))
            {
                await meter.AdmitWriteAsync(cancellationToken);
            }

            meter?.Asked(time.GetTimestamp());
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode is < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests)
            {
                meter?.Heard();
            }

            metrics.RecordAnswer(request, response.StatusCode);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                keeper.RecordRefusal();
            }

            return response;
        }
        finally
        {
            meter?.LetGo();
        }
    }
}
