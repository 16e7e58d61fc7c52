using System.Security.Claims;
using Microsoft.Extensions.Options;
using PolicySync.Core.Drift;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Rights;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Api.Securables;

/// <summary>The endpoints about securables.</summary>
internal sealed class SecurableEndpoints(
    SecurableRecords records, TaskListing listing, IDriftStore drift, StorageDeadline deadline, TimeProvider time, IOptions<SyncOptions> sync,
    IOptions<ProcessOptions> process)
{
    /// <summary>Most tasks of an answer.</summary>
    public const int MaxTasks = 5;

    /// <summary>Most pages of the search for tasks.</summary>
    private const int MaxPages = 20;

    private readonly Managed _managed = new(sync.Value);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapGet("/securables/{type}/{fullName}", static (string type, string fullName, HttpContext http, SecurableEndpoints endpoints) => endpoints.ReadAsync(type, fullName, http))
        .RequireAuthorization(Access.Read).WithName("getSecurable").DocumentSecurable();

    /// <summary>The answer when a path names no securable that the token may read.</summary>
    public static Problem NotFound { get; } = Problem.Of(
        ProblemKind.NotFound, "there is no securable of this type and name; the path has a type of a task's resources, and a full name");

    /// <summary>The securable of a path; null when it names none, or none that the token may read.</summary>
    public static Securable? Find(string type, string fullName, ClaimsPrincipal user) =>
        RequestedResource.Parse(type, fullName) is { } named && Access.SecurablesOf(user).Allow(named) ? named.Securable : null;

    private async Task<IResult> ReadAsync(string type, string fullName, HttpContext http)
    {
        if (new QueryReader(http.Request.Query).Faults is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (Find(type, fullName, http.User) is not { } securable)
        {
            return NotFound;
        }

        var rights = Access.SecurablesOf(http.User);
        var filter = new TaskFilter { Securable = new NamedSecurable(securable.Type, securable.FullName) };
        var (state, differences, tasks) = await deadline.WithinAsync(
            async cancellation =>
            {
                var found = drift.FindAsync(DriftId.KeyOf(securable), cancellation);
                var last = LastAsync(filter, rights, cancellation);
                return (await records.FindAsync(process.Value.Instance, securable, cancellation), await found, await last);
            }, http.RequestAborted);
        return Results.Json(
            SecurableDetail.Of(securable, _managed, state, differences?.DriftSince(time.GetUtcNow()), tasks), ApiJson.Default.SecurableDetail);
    }

    // Pages of a search may be short or empty, and each page of open tasks reads them all.
    private async Task<IReadOnlyList<TaskSummary>> LastAsync(TaskFilter filter, SecurableRights rights, CancellationToken cancellation)
    {
        var tasks = new List<TaskSummary>();
        string? token = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var page = await listing.ReadAsync(filter, rights, Page.DefaultSize, token, cancellation);
            tasks.AddRange(page.Tasks);
            token = page.NextPageToken;
            if (token is null || tasks.Count >= MaxTasks)
            {
                break;
            }
        }

        return [.. tasks.DistinctBy(task => task.Id).Take(MaxTasks)];
    }
}
