using System.Globalization;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Principals;

/// <summary>Reads SCIM of the workspace and of the account (reference §1.5). Every principal with a token may read it.</summary>
internal static class ScimRoutes
{
    public const string Workspace = "/api/2.0/preview/scim/v2";

    /// <summary>The account's, on the same host for one account of any id; it does not know the workspace's own groups.</summary>
    public const string Account = "/api/2.0/accounts/{account_id}/scim/v2";

    private static readonly string[] ListSchemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"];

    public static void Map(RouteTable routes)
    {
        MapKind(routes, Workspace, "Groups", PrincipalKind.Group, PrincipalKind.WorkspaceGroup);
        MapKind(routes, Account, "Groups", PrincipalKind.Group);
        foreach (var root in new[] { Workspace, Account })
        {
            MapKind(routes, root, "Users", PrincipalKind.User);
            MapKind(routes, root, "ServicePrincipals", PrincipalKind.ServicePrincipal);
        }

        routes.Get($"{Workspace}/Me", call => Answer(Writer(call).WriteMe(call.Caller.Principal)));
    }

    private static void MapKind(RouteTable routes, string root, string collection, params PrincipalKind[] kinds)
    {
        routes.Get($"{root}/{collection}", call => List(call, kinds));
        routes.Get($"{root}/{collection}/{{id}}", call => Answer(Writer(call).Write(Require(call, collection, kinds))));
    }

    private static Reply List(Call call, PrincipalKind[] kinds)
    {
        var found = ScimFilter.Apply(call.Query("filter"), kinds, call.Workspace.Principals).FindAll(principal => kinds.Contains(principal.Kind));
        var limit = call.Workspace.Settings.ScimPageSize;
        var start = Math.Max(1, call.Integer("startIndex") ?? 1);
        var count = Math.Clamp(call.Integer("count") ?? limit, 0, limit);
        var writer = Writer(call);
        var page = found.Skip(start - 1).Take(count).Select(writer.Write).ToList();
        var list = new ScimList(ListSchemas, found.Count, start, page.Count, page.Count == 0 ? null : page);
        return Reply.Json(list, ScimJson.Shared.ScimList);
    }

    public static Principal Require(Call call, string collection, PrincipalKind[] kinds)
    {
        var text = call.Parameter("id");
        var found = long.TryParse(text, CultureInfo.InvariantCulture, out var id) ? call.Workspace.Principals.Find(id) : null;
        return found is not null && PrincipalDirectory.IsListed(found) && kinds.Contains(found.Kind)
            ? found
            : throw new ApiException(404, "RESOURCE_DOES_NOT_EXIST", $"{collection.TrimEnd('s')} with id {text} not found.");
    }

    public static ScimWriter Writer(Call call) => new(call.Query("attributes"), call.Query("excludedAttributes"));

    private static Reply Answer(ScimResource resource) => Reply.Json(resource, ScimJson.Shared.ScimResource);
}
