using PolicySync.Core.Tasks;
using PolicySync.Grains.Principals;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Principals;

/// <summary>Answers what a principal reaches.</summary>
internal sealed class PrincipalEndpoint(PrincipalReach reach, StorageDeadline deadline)
{
    /// <summary>Longest name.</summary>
    public const int MaxName = 256;

    /// <summary>Separates the holder from the place in its list, in a page token.</summary>
    private const char Separator = '\0';

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapGet("/principals/{name}/access", static (string name, HttpContext http, PrincipalEndpoint endpoint) => endpoint.AnswerAsync(name, http))
        .RequireAuthorization(Access.Read).WithName("getPrincipalAccess").DocumentPrincipal();

    private async Task<IResult> AnswerAsync(string name, HttpContext http)
    {
        name = name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase); // a slash in a segment stays escaped
        var reader = new QueryReader(http.Request.Query, Page.SizeName, Page.TokenName);
        var page = Page.Read(reader);
        var place = page.Token is { } token ? PlaceOf(ListToken.Read(token, Filter(name))) : null;
        if (reader.Faults.Count > 0 || (page.Token is not null && place is null))
        {
            return Problem.Invalid(reader.Faults.Count > 0 ? reader.Faults : [Page.WrongToken]);
        }

        if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
        {
            return Problem.Of(ProblemKind.NotFound, $"a principal has a name of 1 to {MaxName} characters, without control characters");
        }

        var (principal, found) = await deadline.WithinAsync(
            async cancellation =>
            {
                var listed = await reach.FindAsync(name, cancellation);
                return (listed, await reach.ReadAsync(listed, Access.SecurablesOf(http.User), place, page.Size, cancellation));
            }, http.RequestAborted);
        return Results.Json(
            new PrincipalAccessPage(
                principal.Name, principal.Kind, principal.Groups, [.. found.Rows.Select(row => ReachDetail.Of(row, principal.Name))],
                found.Next is { } next ? ListToken.Write(Filter(name), $"{next.Grantee}{Separator}{next.After}") : null),
            ApiJson.Default.PrincipalAccessPage);
    }

    private static string Filter(string name) => $"principal {name}";

    private static ReachPlace? PlaceOf(string? text) => text?.Split(Separator) is [var grantee, var after]
        ? new ReachPlace(grantee, after.Length > 0 ? after : null) : null;
}
