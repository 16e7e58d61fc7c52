using System.Globalization;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Policies;

/// <summary>The endpoints about policies: those that a silo accepted last, as their authors wrote them.</summary>
internal sealed class PolicyEndpoints(CurrentPolicies policies, StorageDeadline deadline, TimeProvider time)
{
    public static IReadOnlyList<string> Names { get; } =
        ["text", "kind", "zone", "enabled", "principal", "resource", Page.SizeName, Page.TokenName];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag);
        api.MapGet("/policies", static (HttpContext http, PolicyEndpoints endpoints) => endpoints.ListAsync(http))
            .RequireAuthorization(Access.Read).WithName("listPolicies").DocumentPolicies();
        api.MapGet("/policies/{policyId}", static (string policyId, HttpContext http, PolicyEndpoints endpoints) => endpoints.ReadAsync(policyId, http))
            .RequireAuthorization(Access.Read).WithName("getPolicy").DocumentPolicy();
    }

    /// <summary>
    /// 403 for a token that is limited to securables; null for others. A policy may name securables and principals of the whole estate,
    /// and even the number of policies tells about securables outside the limits.
    /// </summary>
    public static Problem? Refusal(HttpContext http) => Access.SecurablesOf(http.User).AreLimited
        ? Problem.Of(
            ProblemKind.SecurableNotAllowed,
            $"policies concern all securables, so a token that `{SecurableClaim.Name}` limits may not read them; use a token without that claim")
        : null;

    private async Task<IResult> ListAsync(HttpContext http)
    {
        if (Refusal(http) is { } refusal)
        {
            return refusal;
        }

        var reader = new QueryReader(http.Request.Query, Names);
        var filter = new PolicyFilter
        {
            Text = reader.Text("text"),
            Kind = reader.Named<PolicyKind>("kind"),
            Zone = reader.Text("zone"),
            Enabled = reader.Flag("enabled"),
            Principal = reader.Text("principal"),
            Resource = reader.Of("resource", NamedSecurable.TryParse,
                "must be the full name of a securable, with or without its type: `main.sales.customers` or `table main.sales.customers`"),
        };
        var page = Page.Read(reader);
        if (reader.Faults.Count > 0)
        {
            return Problem.Invalid(reader.Faults);
        }

        var current = await CurrentAsync(http);
        try
        {
            var found = new PolicyList(current.Set).Read(filter, page.Size, page.Token);
            return Results.Json(
                new PolicyPageDetail([.. found.Policies.Select(PolicyListItem.Of)], found.NextPageToken, PolicySetDetail.Of(current, time.GetUtcNow())),
                ApiJson.Default.PolicyPageDetail);
        }
        catch (ArgumentException)
        {
            return Problem.Invalid([Page.WrongToken]);
        }
    }

    private async Task<IResult> ReadAsync(string policyId, HttpContext http)
    {
        if (Refusal(http) is { } refusal)
        {
            return refusal;
        }

        var reader = new QueryReader(http.Request.Query, "kind");
        var kind = reader.Named<PolicyKind>("kind");
        if (reader.Faults.Count > 0)
        {
            return Problem.Invalid(reader.Faults);
        }

        if (!long.TryParse(policyId, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return NoPolicy();
        }

        var current = await CurrentAsync(http);
        return new PolicyList(current.Set).Find(id, kind) is { } found
            ? Results.Json(PolicyDetail.Of(found, PolicySetDetail.Of(current, time.GetUtcNow())), ApiJson.Default.PolicyDetail)
            : NoPolicy();
    }

    private Task<CurrentSet> CurrentAsync(HttpContext http) =>
        deadline.WithinAsync(cancellation => policies.ReadAsync(fresh: false, cancellation), http.RequestAborted);

    private static Problem NoPolicy() => Problem.Of(ProblemKind.NotFound, "there is no such policy in the set that the service accepted last");
}
