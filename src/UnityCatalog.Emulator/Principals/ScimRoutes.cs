using System.Globalization;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Principals;

/// <summary>SCIM of the workspace, read only (reference §1.5). Every principal with a token may read it.</summary>
internal static class ScimRoutes
{
    private const string Root = "/api/2.0/preview/scim/v2";
    private static readonly string[] ListSchemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"];

    public static void Map(RouteTable routes)
    {
        MapKind(routes, "Users", PrincipalKind.User);
        MapKind(routes, "Groups", PrincipalKind.Group, PrincipalKind.WorkspaceGroup);
        MapKind(routes, "ServicePrincipals", PrincipalKind.ServicePrincipal);
        routes.Get($"{Root}/Me", call => Answer(Writer(call).WriteMe(call.Caller.Principal)));
    }

    private static void MapKind(RouteTable routes, string collection, params PrincipalKind[] kinds)
    {
        routes.Get($"{Root}/{collection}", call => List(call, kinds));
        routes.Get($"{Root}/{collection}/{{id}}", call => GetOne(call, collection, kinds));
    }

    private static Reply List(Call call, PrincipalKind[] kinds)
    {
        var found = ScimFilter.Apply(call.Query("filter"), kinds, call.Workspace.Principals);
        var limit = call.Workspace.Settings.ScimPageSize;
        var start = Math.Max(1, call.Integer("startIndex") ?? 1);
        var count = Math.Clamp(call.Integer("count") ?? limit, 0, limit);
        var writer = Writer(call);
        var page = found.Skip(start - 1).Take(count).Select(writer.Write).ToList();
        var list = new ScimList(ListSchemas, found.Count, start, page.Count, page.Count == 0 ? null : page);
        return Reply.Json(list, ScimJson.Shared.ScimList);
    }

    private static Reply GetOne(Call call, string collection, PrincipalKind[] kinds)
    {
        var text = call.Parameter("id");
        var found = long.TryParse(text, CultureInfo.InvariantCulture, out var id) ? call.Workspace.Principals.Find(id) : null;
        return found is not null && PrincipalDirectory.IsListed(found) && kinds.Contains(found.Kind)
            ? Answer(Writer(call).Write(found))
            : throw new ApiException(404, "RESOURCE_DOES_NOT_EXIST", $"{collection.TrimEnd('s')} with id {text} not found.");
    }

    private static ScimWriter Writer(Call call) => new(call.Query("attributes"), call.Query("excludedAttributes"));

    private static Reply Answer(ScimResource resource) => Reply.Json(resource, ScimJson.Shared.ScimResource);
}
