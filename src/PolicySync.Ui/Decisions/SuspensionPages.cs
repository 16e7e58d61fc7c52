using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;
using PolicySync.Ui.Parts;

namespace PolicySync.Ui.Decisions;

/// <summary>Suspensions: what tasks skip for a time.</summary>
internal static class SuspensionPages
{
    public static void Map(IEndpointRouteBuilder pages, IEndpointRouteBuilder forms)
    {
        pages.MapGet("/suspensions", ListAsync);
        forms.MapPost("/suspensions", SuspendAsync);
        forms.MapPost("/suspensions/end", ResumeAsync);
    }

    // A token for operations alone may set and end suspensions, and not list them.
    private static async Task<IResult> ListAsync(HttpContext http, IPolicySyncClient api, PageView view, CancellationToken cancellation)
    {
        var items = view.Viewer is { MayRead: false, MayOperate: true } ? null : await api.Suspensions().ReadAsync(http.Request.Query.Text(Fields.Page), cancellation);
        return Show.Page<SuspensionPage>(new { Items = items });
    }

    private static async Task<IResult> SuspendAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var form = http.Request.Form;
        await api.SuspendAsync(form.Needed("pattern", "The pattern"), form.Needed("reason", "The reason"), form.Time("end", "the end"), cancellation);
        return Show.Then(Links.Suspensions, Notices.Suspended);
    }

    private static async Task<IResult> ResumeAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        await api.ResumeAsync(http.Request.Form.Needed("pattern", "The pattern"), cancellation);
        return Show.Then(Links.Suspensions, Notices.Resumed);
    }
}
