using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;

namespace PolicySync.Ui.Policies;

/// <summary>The policies in use, and where each acts.</summary>
internal static class PolicyPages
{
    private const int PageSize = 100;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/policies", ListAsync);
        pages.MapGet("/policies/{id:long}", ShowAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        var filter = new PolicyFilter
        {
            Text = query.Text("text"),
            Kind = query.Choice<PolicyKind>("kind"),
            Zone = query.Text("zone"),
            Enabled = query.Flag("enabled"),
            Principal = query.Text("principal"),
            Resource = query.Text("resource"),
            PageSize = PageSize,
        };
        return Show.Page<PolicyListPage>(new { Filter = filter, Listing = await api.PoliciesAsync(filter, query.Text(Fields.Page), cancellation) });
    }

    private static async Task<IResult> ShowAsync(long id, HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        var policy = await api.PolicyAsync(id, query.Choice<PolicyKind>("kind"), cancellation);
        var effects = await Part<Page<PolicyEffect>>.OfAsync(api.PolicyEffects(id).ReadAsync(query.Text(Fields.Page), cancellation));
        return Show.Page<PolicyDetailPage>(new { Id = id, Detail = policy, Effects = effects });
    }
}
