using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;

namespace PolicySync.Ui.Principals;

/// <summary>What a person or group reaches, as the last syncs recorded it.</summary>
internal static class PrincipalPages
{
    private const int PageSize = 200;

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/principals/{name}", ShowAsync);

    private static async Task<IResult> ShowAsync(string name, HttpContext http, IPolicySyncClient api, CancellationToken cancellation) =>
        Show.Page<PrincipalPage>(new { Asked = name, Reach = await api.ReachPageAsync(name, PageSize, http.Request.Query.Text(Fields.Page), cancellation) });
}
