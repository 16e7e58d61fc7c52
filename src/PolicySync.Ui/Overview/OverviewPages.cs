using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;

namespace PolicySync.Ui.Overview;

/// <summary>The first page.</summary>
internal static class OverviewPages
{
    /// <summary>How many tasks and differences are looked at; where there are more, the page says so.</summary>
    public const int Most = 200;

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("", ShowAsync);

    private static async Task<IResult> ShowAsync(IPolicySyncClient api, PageView view, CancellationToken cancellation)
    {
        if (!view.Viewer.MayRead)
        {
            return Show.Page<OverviewPage>();
        }

        var policies = view.Viewer.IsLimited ? null : Part<PolicyPage>.OfAsync(api.PoliciesAsync(new PolicyFilter { PageSize = 1 }, null, cancellation));
        var tasks = Part<Page<TaskItem>>.OfAsync(api.Tasks(new TaskFilter { PageSize = Most }).ReadAsync(null, cancellation));
        var catalogs = Part<Page<CatalogItem>>.OfAsync(api.Catalogs().ReadAsync(null, cancellation));
        var drift = Part<Page<DriftItem>>.OfAsync(api.Drift(new DriftFilter { State = DriftState.Open, PageSize = Most }).ReadAsync(null, cancellation));
        var budget = Part<WorkspaceBudget>.OfAsync(api.BudgetAsync(cancellation));
        var suspensions = Part<Page<Suspension>>.OfAsync(api.Suspensions().ReadAsync(null, cancellation));
        return Show.Page<OverviewPage>(new
        {
            Policies = policies is null ? null : await policies,
            Catalogs = await catalogs,
            Tasks = await tasks,
            Drift = await drift,
            Suspensions = await suspensions,
            Budget = await budget,
        });
    }
}
