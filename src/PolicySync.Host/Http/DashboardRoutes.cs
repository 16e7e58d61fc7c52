using Orleans.Dashboard;
using Orleans.Runtime;
using PolicySync.Host.Api;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Http;

/// <summary>
/// The pages of Orleans' dashboard. It lets faults of what a caller named (no address of a silo, no grain) escape as it
/// does those of the cluster; here each gets the answer that it deserves.
/// </summary>
internal sealed class DashboardRoutes
{
    private static readonly DashboardRoutes Mark = new();

    private DashboardRoutes()
    {
    }

    /// <summary>Maps the dashboard, for whoever has the scope for operations.</summary>
    public static void Map(WebApplication app) =>
        app.MapOrleansDashboard("/dashboard").RequireAuthorization(Access.Operations).WithMetadata(Mark);

    /// <summary>Whether <paramref name="endpoint"/> belongs to the dashboard.</summary>
    public static bool Holds(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<DashboardRoutes>() is not null;

    /// <summary>
    /// 404 when the request named something and the cluster could be asked; 503 else, as the dashboard asks nothing but
    /// the cluster.
    /// </summary>
    public static Problem Answer(HttpContext http, RouteValueDictionary? named, Exception exception) =>
        exception is not (TimeoutException or SiloUnavailableException) && (named is { Count: > 0 } || http.Request.Query.Count > 0)
            ? Problem.Of(StatusCodes.Status404NotFound, "the dashboard knows nothing of this name")
            : Problem.Of(StatusCodes.Status503ServiceUnavailable);
}
