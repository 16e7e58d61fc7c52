using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;
using PolicySync.Ui.Parts;

namespace PolicySync.Ui.Decisions;

/// <summary>The drift inbox: what differs from policy, and what is decided about it.</summary>
internal static class DriftPages
{
    private const int PageSize = 100;

    public static void Map(IEndpointRouteBuilder pages, IEndpointRouteBuilder forms)
    {
        pages.MapGet("/drift", ListAsync);
        forms.MapPost("/drift/{id}/adopt", AdoptAsync);
        forms.MapPost("/drift/{id}/ignore", IgnoreAsync);
        forms.MapPost("/drift/{id}/repair", RepairAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        var filter = new DriftFilter
        {
            Kind = query.Choice<DriftKind>("kind"),
            State = query.Choice<DriftState>("state"),
            Securable = query.Text("securable"),
            Principal = query.Text("principal"),
            PageSize = PageSize,
        };
        return Show.Page<DriftPage>(new { Filter = filter, Items = await api.Drift(filter).ReadAsync(query.Text(Fields.Page), cancellation) });
    }

    private static async Task<IResult> AdoptAsync(string id, IPolicySyncClient api, CancellationToken cancellation)
    {
        await api.AdoptAsync(id, cancellation);
        return Show.Then(Links.Drift, Notices.Adopted);
    }

    private static async Task<IResult> IgnoreAsync(string id, HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var form = http.Request.Form;
        await api.IgnoreAsync(id, form.Needed("reason", "The reason"), form.Time("end", "the end"), cancellation);
        return Show.Then(Links.Drift, Notices.Ignored);
    }

    private static async Task<IResult> RepairAsync(string id, HttpContext http, IPolicySyncClient api, CancellationToken cancellation) =>
        Show.Then(Links.Task((await api.RepairAsync(id, http.Request.Form.Text("key"), cancellation)).TaskId));
}
