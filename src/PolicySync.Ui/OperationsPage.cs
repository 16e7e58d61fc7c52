using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Client;
using PolicySync.Ui.Assets;
using PolicySync.Ui.Decisions;
using PolicySync.Ui.Health;
using PolicySync.Ui.Hosting;
using PolicySync.Ui.Http;
using PolicySync.Ui.Overview;
using PolicySync.Ui.Parts;
using PolicySync.Ui.Plans;
using PolicySync.Ui.Policies;
using PolicySync.Ui.Principals;
using PolicySync.Ui.Securables;
using PolicySync.Ui.Tasks;

namespace PolicySync.Ui;

/// <summary>
/// The operations page at <c>/ui</c>: pages that a browser reads without a script, made of answers of the API. It keeps no state, so that any
/// gateway serves any request.
/// </summary>
public static class OperationsPage
{
    /// <summary>Adds what the pages need. The host adds <see cref="IPageHost"/>.</summary>
    public static IServiceCollection AddOperationsPage(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddSingleton<ServedCertificates>();
        services.AddSingleton<OwnApi>();
        services.AddScoped<PageView>();
        services.AddScoped(static provider =>
        {
            var http = provider.GetRequiredService<IHttpContextAccessor>().HttpContext!;
            return provider.GetRequiredService<OwnApi>().ClientFor(provider.GetRequiredService<IPageHost>().TokenOf(http.Request) ?? "");
        });
        return services;
    }

    /// <summary>Maps the pages. Each needs a valid token; what it may see and do is up to the API.</summary>
    public static void MapOperationsPage(this IEndpointRouteBuilder routes)
    {
        AssetFiles.Map(routes);
        routes.MapGet("/", static () => Show.Then(Links.Home)).AllowAnonymous().ExcludeFromDescription();

        var pages = routes.MapGroup("/ui").RequireAuthorization().ExcludeFromDescription();
        pages.AddEndpointFilter(ApiFailures.ShowAsync);
        OverviewPages.Map(pages);

        var forms = pages.MapGroup("").WithMetadata(new RequestSizeLimitAttribute(FormGuard.MaxBytes));
        forms.AddEndpointFilter(FormGuard.CheckAsync);
        forms.MapPost("/theme", ChooseTheme);
        TaskPages.Map(pages, forms);
        SecurablePages.Map(pages);
        PrincipalPages.Map(pages);
        DriftPages.Map(pages, forms);
        SuspensionPages.Map(pages, forms);
        PolicyPages.Map(pages);
        PlanPages.Map(pages, forms);
        HealthPages.Map(pages);
    }

    private static IResult ChooseTheme(HttpContext http, IPageHost host)
    {
        Themes.Keep(http, http.Request.Form.Text("theme"));
        return Show.Then(host.TargetOf(http.Request.Form.Text("back")));
    }
}
