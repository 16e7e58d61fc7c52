using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;
using PolicySync.Ui.Parts;

namespace PolicySync.Ui.Securables;

/// <summary>A securable: what the service knows of it, who has access to it, and why.</summary>
internal static class SecurablePages
{
    /// <summary>Value of the parameter <c>source</c> that has the workspace read.</summary>
    public const string Live = "live";

    private const int PageSize = 100;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/securables", ListAsync);
        pages.MapGet("/securables/{type}/{fullName}", ShowAsync);
        pages.MapGet("/explain", ExplainAsync);
        pages.MapGet("/find", Find);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        var filter = new SecurableFilter
        {
            Securable = query.Text("securable"), Type = query.Text("type"), Status = query.Choice<SecurableStatus>("status"), PageSize = PageSize,
        };
        return Show.Page<SecurableListPage>(new { Filter = filter, Listing = await api.Securables(filter).ReadAsync(query.Text(Fields.Page), cancellation) });
    }

    private static async Task<IResult> ShowAsync(string type, string fullName, HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        var filter = new AccessFilter
        {
            Source = query.Text("source") == Live ? AccessSource.Live : AccessSource.Last,
            Principal = query.Text("principal"),
            Privilege = query.Text("privilege"),
            HoldersOnly = query.Flag("holders") is true,
            PageSize = PageSize,
        };
        var state = await api.SecurableAsync(type, fullName, cancellation);
        var access = await Part<AccessPage>.OfAsync(api.AccessPageAsync(type, fullName, filter, query.Text(Fields.Page), cancellation));
        var below = type is "catalog" or "schema"
            ? Part<Page<SecurableItem>>.OfAsync(api.Securables(new SecurableFilter { Securable = fullName, PageSize = PageSize }).ReadAsync(null, cancellation)) : null;
        var drift = await Part<Page<DriftItem>>.OfAsync(api.Drift(new DriftFilter { Securable = fullName, PageSize = PageSize }).ReadAsync(null, cancellation));
        return Show.Page<SecurablePage>(new { State = state, Filter = filter, Access = access, Drift = drift, Below = below is null ? null : await below });
    }

    private static async Task<IResult> ExplainAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        if (query.Text("type") is not { } type || query.Text("name") is not { } name || query.Text("principal") is not { } principal || query.Text("privilege") is not { } privilege)
        {
            return Show.Page<ExplainFormPage>();
        }

        var answer = await api.ExplainAsync(new ExplainRequest(principal, privilege, new ExplainRequestSecurable(type, name)), cancellation);
        return Show.Page<ExplainPage>(new { Answer = answer });
    }

    // The name is exact: the address of a page is made from it, and the page says whether there is such a thing.
    private static IResult Find(HttpContext http)
    {
        var query = http.Request.Query;
        return (query.Text("type"), query.Text("name")) switch
        {
            (_, null) or (null, _) => Show.Page<FindPage>(),
            ("principal", { } who) => Show.Then(Links.Principal(who)),
            ({ } type, { } name) => Fields.Securable(type, name) is { } ? Show.Then(Links.Securable(type, name)) : Show.Page<FindPage>(),
        };
    }
}
