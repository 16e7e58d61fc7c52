using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;

namespace PolicySync.Ui.Health;

/// <summary>The checks of the service, with what to do.</summary>
internal static class HealthPages
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/health", ShowAsync);

    private static async Task<IResult> ShowAsync(IPolicySyncClient api, CancellationToken cancellation) =>
        Show.Page<HealthPage>(new
        {
            Checks = (await api.ChecksAsync(cancellation)).Checks,
            Budget = await Part<WorkspaceBudget>.OfAsync(api.BudgetAsync(cancellation)),
        });
}
