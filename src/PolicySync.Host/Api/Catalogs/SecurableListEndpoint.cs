using PolicySync.Core;
using PolicySync.Core.Drift;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Rights;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Catalogs;

/// <summary>Lists the securables that the service has synced, from what runs recorded.</summary>
internal sealed class SecurableListEndpoint(CatalogReader reader, IDriftStore drift, StorageDeadline deadline, TimeProvider time)
{
    private const int Lot = 500;

    /// <summary>Most reads for a page. A filter that few securables pass gives short pages.</summary>
    private const int MaxLots = 20;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapGet("/securables", static (HttpContext http, SecurableListEndpoint endpoint) => endpoint.AnswerAsync(http))
        .RequireAuthorization(Access.Read).WithName("listSecurables").DocumentSecurables();

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        var (query, faults) = Query.Read(http.Request.Query);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        var begin = query.Page.Token is { } token ? Place.Parse(ListToken.Read(token, query.Filter)) : new Place(null, null);
        return begin is null
            ? Problem.Invalid([Page.WrongToken])
            : Results.Json(
                await deadline.WithinAsync(
                    cancellation => ReadAsync(query, begin, Access.SecurablesOf(http.User), cancellation), http.RequestAborted), ApiJson.Default.SecurablePage);
    }

    private async Task<SecurablePage> ReadAsync(Query query, Place begin, SecurableRights rights, CancellationToken cancellation)
    {
        var differences = await OpenDrift.ReadAsync(drift, time.GetUtcNow(), cancellation);
        var catalogs = (await reader.CatalogsAsync(cancellation))
            .Where(name => query.CouldBeIn(name) && (begin.Catalog is null || string.CompareOrdinal(name, begin.Catalog) >= 0));
        var (shown, reads) = (new List<SecurableItem>(), 0);
        foreach (var catalog in catalogs)
        {
            var after = catalog == begin.Catalog ? begin.After : null;
            for (var isWhole = false; !isWhole; reads++)
            {
                if (reads == MaxLots)
                {
                    return Ended(catalog, after);
                }

                var lot = await reader.ReadAsync(catalog, query.Pattern?.Beginning ?? "", after, Lot, cancellation);
                isWhole = lot.Count < Lot;
                foreach (var listed in lot)
                {
                    if (shown.Count == query.Page.Size)
                    {
                        return Ended(catalog, after);
                    }

                    after = listed.Place;
                    if (query.Wants(listed.Securable) && rights.Allow(RequestedResource.Of(listed.Securable))
                        && listed.ToItem(await differences.CountAsync(listed.Securable, cancellation)) is var item && (query.Status is null || item.Status == query.Status))
                    {
                        shown.Add(item);
                    }
                }
            }
        }

        return new SecurablePage(shown, null);

        SecurablePage Ended(string catalog, string? after) => new(shown, ListToken.Write(query.Filter, new Place(catalog, after).ToString()));
    }

    /// <summary>Where a page begins.</summary>
    /// <param name="Catalog">The catalog; null for the first one.</param>
    /// <param name="After">The place in it after which it begins; null for its beginning.</param>
    private sealed record Place(string? Catalog, string? After)
    {
        private const char Separator = '\0';

        public static Place? Parse(string? text) => text?.Split(Separator) is [var catalog, var after] ? new Place(catalog, after.Length > 0 ? after : null) : null;

        public override string ToString() => $"{Catalog}{Separator}{After}";
    }

    /// <summary>Which securables are asked for.</summary>
    private sealed record Query(NamePattern? Pattern, SecurableType? Type, SecurableStatus? Status, Page Page)
    {
        /// <summary>A text that is equal for equal lists only.</summary>
        public string Filter => string.Join('|', "securables", Pattern?.Key, Type is { } type ? WireNames.Of(type) : "", Status is { } status ? WireNames.Of(status) : "");

        /// <summary>Whether a catalog can have them. The empty name means the securables beside catalogs.</summary>
        public bool CouldBeIn(string catalog) => Pattern is null || catalog.Length == 0 || Pattern.CouldCoverBelow(Securable.Catalog(catalog));

        public static (Query Query, IReadOnlyList<Fault> Faults) Read(IQueryCollection parameters)
        {
            var query = new QueryReader(parameters, "securable", "type", "status", Page.SizeName, Page.TokenName);
            var read = new Query(
                query.Of("securable", static text => Suspension.FaultOfPattern(text) is null ? NamePattern.Parse(text) : null,
                    "must be 1 to 3 names joined by dots, with `*` and `?` within a name"),
                query.Named<SecurableType>("type"),
                query.Named<SecurableStatus>("status"),
                Page.Read(query));
            return (read, query.Faults);
        }

        public bool Wants(Securable securable) => (Type is null || Type == securable.Type) && (Pattern is null || Pattern.Covers(securable));
    }
}
