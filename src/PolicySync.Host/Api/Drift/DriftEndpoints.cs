using PolicySync.Core.Drift;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Drift;

/// <summary>Lists differences, and maps what callers do with one.</summary>
internal sealed class DriftEndpoints(IDriftStore store, StorageDeadline deadline, TimeProvider time)
{
    /// <summary>Records of one read.</summary>
    private const int Lot = 500;

    /// <summary>Most reads for a page. A filter that few differences pass gives short pages.</summary>
    private const int MaxLots = 4;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag);
        api.MapGet("/drift", static (HttpContext http, DriftEndpoints endpoints) => endpoints.ListAsync(http))
            .RequireAuthorization(Access.Read).WithName("listDrift").DocumentDrift();
        api.MapPost("/drift/{driftId}:adopt", static (string driftId, HttpContext http, DriftActions actions) => actions.AdoptAsync(driftId, http))
            .RequireAuthorization(Access.Api).WithName("adoptDrift").DocumentAdopt();
        api.MapPost("/drift/{driftId}:ignore", static (string driftId, HttpContext http, DriftActions actions) => actions.IgnoreAsync(driftId, http))
            .RequireAuthorization(Access.Api).WithName("ignoreDrift").DocumentIgnore();
        api.MapPost("/drift/{driftId}:repair", static (string driftId, HttpContext http, DriftActions actions) => actions.RepairAsync(driftId, http))
            .RequireAuthorization(Access.Api).WithName("repairDrift").DocumentRepair();
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        var (query, faults) = DriftQuery.Read(http.Request.Query);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        if (query.Begin() is not { } begin)
        {
            return Problem.Invalid([Page.WrongToken]);
        }

        var page = await deadline.WithinAsync(
            cancellation => ReadAsync(query, begin, Access.SecurablesOf(http.User), cancellation), http.RequestAborted);
        return Results.Json(page, ApiJson.Default.DriftPage);
    }

    private async Task<DriftPage> ReadAsync(DriftQuery query, (string? Key, int Index) begin, SecurableRights rights, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var items = new List<DriftDetail>();
        var from = begin.Key;
        for (var lots = 0; lots < MaxLots; lots++)
        {
            var records = await store.ListAsync(from, Lot, cancellation);
            foreach (var record in records.Where(record => query.Wants(record.Securable) && rights.Allow(RequestedResource.Of(record.Securable))))
            {
                var key = DriftId.KeyOf(record.Securable);
                for (var index = key == begin.Key ? begin.Index : 0; index < record.Entries.Count; index++)
                {
                    if (!query.Wants(record.Entries[index], now))
                    {
                        continue;
                    }

                    if (items.Count == query.Page.Size)
                    {
                        return new DriftPage(items, query.TokenOf(key, index));
                    }

                    items.Add(DriftDetail.Of(record.Securable, record.Entries[index], now));
                }
            }

            if (records.Count < Lot)
            {
                return new DriftPage(items, null);
            }

            (from, begin) = (DriftId.KeyOf(records[^1].Securable), (DriftId.KeyOf(records[^1].Securable), int.MaxValue)); // read again, and passed over
        }

        return new DriftPage(items, query.TokenOf(from!, int.MaxValue));
    }
}
