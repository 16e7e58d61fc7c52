using Orleans.Dashboard;
using Orleans.Runtime;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Http;

/// <summary>
/// Maps Orleans' dashboard and answers its exceptions. The dashboard lets exceptions escape both for unknown names in a request (a silo,
/// a grain) and for faults of the cluster.
/// </summary>
internal sealed class DashboardRoutes
{
    private static readonly DashboardRoutes Mark = new();

    private DashboardRoutes()
    {
    }

    /// <summary>Maps the dashboard, which needs the scope for operations.</summary>
    public static void Map(WebApplication app) =>
        app.MapOrleansDashboard("/dashboard").RequireAuthorization(Access.Operations).WithMetadata(Mark);

    /// <summary>Whether <paramref name="endpoint"/> belongs to the dashboard.</summary>
    public static bool Holds(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<DashboardRoutes>() is not null;

    /// <summary>
    /// Answers 404 when the request names something and the cluster answered; 503 otherwise, as the dashboard calls only the cluster.
    /// </summary>
    public static Problem Answer(HttpContext http, RouteValueDictionary? named, Exception exception) =>
        exception is not (TimeoutException or SiloUnavailableException) && (named is { Count: > 0 } || http.Request.Query.Count > 0)
            ? Problem.Of(ProblemKind.NotFound, "the dashboard does not know this name")
            : Problem.Of(ProblemKind.Unavailable);
}
