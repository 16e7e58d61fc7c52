using PolicySync.Core;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Host.Api.Catalogs;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the lists of catalogs and securables.</summary>
internal static class CatalogDocumentation
{
    private const string Source = "From what runs recorded; the workspace is not called, and what others changed since is found by a `VERIFY` task or the next sync. ";

    public static RouteHandlerBuilder DocumentCatalogs(this RouteHandlerBuilder operation) => operation
        .WithSummary("Count the securables of each catalog by status")
        .WithDescription(Source
            + $"Of each catalog up to {CatalogEndpoint.MaxCounted} securables are counted, and `incomplete` says where there are more. Only what the token may read is counted.")
        .Produces<CatalogPage>()
        .Refuses()
        .TakesPage("catalogs")
        .Says("200", "A page of catalogs.");

    public static RouteHandlerBuilder DocumentSecurables(this RouteHandlerBuilder operation) => operation
        .WithSummary("List the securables that were synced")
        .WithDescription(Source + "Those are left out that the token may not read. A page may be short or empty and still have a next one.")
        .Produces<SecurablePage>()
        .Refuses()
        .TakesText("securable", "Only what this pattern covers, for example `main.sales` or `*.*.orders`.")
        .TakesText("type", $"Only securables of this type: {string.Join(", ", WireNames.All<SecurableType>().Select(name => $"`{name}`"))}.")
        .TakesFilter("status", "Only securables of this status.", nameof(SecurableStatus))
        .TakesPage("securables")
        .Says("200", "A page of securables.");
}
