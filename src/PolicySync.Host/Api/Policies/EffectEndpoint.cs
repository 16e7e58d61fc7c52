using System.Globalization;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Policies;

/// <summary>Answers where a policy acts and what it could not do, from the index that runs keep.</summary>
internal sealed class EffectEndpoint(IAccessIndex index, StorageDeadline deadline)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapGet("/policies/{policyId}/effects", static (string policyId, HttpContext http, EffectEndpoint endpoint) => endpoint.AnswerAsync(policyId, http))
        .RequireAuthorization(Access.Read).WithName("getPolicyEffects").DocumentPolicyEffects();

    private async Task<IResult> AnswerAsync(string policyId, HttpContext http)
    {
        if (PolicyEndpoints.Refusal(http) is { } refusal)
        {
            return refusal;
        }

        var reader = new QueryReader(http.Request.Query, Page.SizeName, Page.TokenName);
        var page = Page.Read(reader);
        if (!long.TryParse(policyId, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return Problem.Of(ProblemKind.NotFound, "the id of a policy is a whole number");
        }

        var after = page.Token is { } token ? ListToken.Read(token, Filter(id)) : null;
        if (reader.Faults.Count > 0 || (page.Token is not null && after is null))
        {
            return Problem.Invalid(reader.Faults.Count > 0 ? reader.Faults : [Page.WrongToken]);
        }

        // Both lists have the same order, so a page of both together ends within a page of each.
        var (effects, gaps) = await deadline.WithinAsync(
            async cancellation =>
            {
                var did = index.ReadAsync(AccessIndexKey.OfPolicy(id), after, page.Size + 1, cancellation);
                return (await did, await index.ReadAsync(AccessIndexKey.OfGaps(id), after, page.Size + 1, cancellation));
            }, http.RequestAborted);
        var places = effects.Concat(gaps).Select(row => row.Place).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var shown = places.Take(page.Size).ToList();
        return Results.Json(
            new PolicyEffectsPage(
                id,
                [.. shown.Select(place => Effect(effects.FirstOrDefault(row => row.Place == place), gaps.FirstOrDefault(row => row.Place == place)))],
                places.Count > page.Size ? ListToken.Write(Filter(id), shown[^1]) : null),
            ApiJson.Default.PolicyEffectsPage);
    }

    private static PolicyEffect Effect(AccessIndexRow? effects, AccessIndexRow? gaps) =>
        PolicyEffect.Of((effects ?? gaps)!.Securable, effects?.Content, gaps?.Content);

    private static string Filter(long policyId) => string.Create(CultureInfo.InvariantCulture, $"effects {policyId}");
}
