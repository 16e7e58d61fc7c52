using PolicySync.Core.Drift;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Catalogs;

/// <summary>Answers how many securables of each catalog are in sync, drifted, exposed or failed, from what runs recorded.</summary>
internal sealed class CatalogEndpoint(CatalogReader reader, IDriftStore drift, StorageDeadline deadline, TimeProvider time)
{
    /// <summary>Most securables of a catalog that are counted, and most of an answer before it ends.</summary>
    public const int MaxCounted = 20_000;

    private const int Lot = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapGet("/catalogs", static (HttpContext http, CatalogEndpoint endpoint) => endpoint.AnswerAsync(http))
        .RequireAuthorization(Access.Read).WithName("listCatalogs").DocumentCatalogs();

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query, Page.SizeName, Page.TokenName);
        var page = Page.Read(query);
        var after = page.Token is { } token ? ListToken.Read(token, "catalogs") : null;
        if (query.Faults.Count > 0 || (page.Token is not null && after is null))
        {
            return Problem.Invalid(query.Faults.Count > 0 ? query.Faults : [Page.WrongToken]);
        }

        var answer = await deadline.WithinAsync(
            cancellation => ReadAsync(after, page.Size, Access.SecurablesOf(http.User), cancellation), http.RequestAborted);
        return Results.Json(answer, ApiJson.Default.CatalogPage);
    }

    private async Task<CatalogPage> ReadAsync(string? after, int size, SecurableRights rights, CancellationToken cancellation)
    {
        var differences = await OpenDrift.ReadAsync(drift, time.GetUtcNow(), cancellation);
        var names = (await reader.CatalogsAsync(cancellation)).Where(name => after is null || string.CompareOrdinal(name, after) > 0).ToList();
        var (counted, shown) = (0, new List<CatalogDetail>());
        foreach (var name in names)
        {
            var (catalog, read) = await CountAsync(name, differences, rights, cancellation);
            counted += read;
            if (catalog.Securables > 0)
            {
                shown.Add(catalog);
            }

            if ((shown.Count == size || counted >= MaxCounted) && name != names[^1])
            {
                return new CatalogPage(shown, ListToken.Write("catalogs", name));
            }
        }

        return new CatalogPage(shown, null);
    }

    private async Task<(CatalogDetail Catalog, int Read)> CountAsync(string name, OpenDrift differences, SecurableRights rights, CancellationToken cancellation)
    {
        var counts = new int[Enum.GetValues<SecurableStatus>().Length];
        var (read, isWhole) = (0, false);
        for (string? place = null; !isWhole && read < MaxCounted;)
        {
            var lot = await reader.ReadAsync(name, "", place, Lot, cancellation);
            foreach (var listed in lot.Where(listed => rights.Allow(RequestedResource.Of(listed.Securable))))
            {
                counts[(int)listed.StatusWith(await differences.CountAsync(listed.Securable, cancellation))]++;
            }

            (read, isWhole, place) = (read + lot.Count, lot.Count < Lot, lot.Count > 0 ? lot[^1].Place : place);
        }

        int Of(SecurableStatus status) => counts[(int)status];
        var detail = new CatalogDetail(
            name, counts.Sum(), Of(SecurableStatus.InSync), Of(SecurableStatus.Drifted), Of(SecurableStatus.Exposed), Of(SecurableStatus.Failed), isWhole ? null : true);
        return (detail, read);
    }
}
