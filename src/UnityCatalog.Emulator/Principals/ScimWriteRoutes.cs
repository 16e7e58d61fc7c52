using System.Text.Json;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Principals;

/// <summary>
/// Makes, changes and deletes principals over SCIM, for workspace admins and metastore admins. A group that is made through
/// the workspace is known to the workspace alone; one that is made through the account is an account group (reference §1.5).
/// </summary>
internal static class ScimWriteRoutes
{
    private const string Admins = "admins";

    public static void Map(RouteTable routes)
    {
        Map(routes, ScimRoutes.Workspace, "Groups", PrincipalKind.WorkspaceGroup, PrincipalKind.Group, PrincipalKind.WorkspaceGroup);
        Map(routes, ScimRoutes.Account, "Groups", PrincipalKind.Group, PrincipalKind.Group);
        foreach (var root in new[] { ScimRoutes.Workspace, ScimRoutes.Account })
        {
            Map(routes, root, "Users", PrincipalKind.User, PrincipalKind.User);
            Map(routes, root, "ServicePrincipals", PrincipalKind.ServicePrincipal, PrincipalKind.ServicePrincipal);
        }
    }

    private static void Map(RouteTable routes, string root, string collection, PrincipalKind made, params PrincipalKind[] kinds)
    {
        routes.Post($"{root}/{collection}", call => Create(call, made));
        routes.Put($"{root}/{collection}/{{id}}", call => Change(call, collection, kinds, (change, body) => change.ReadResource(body)));
        routes.Patch($"{root}/{collection}/{{id}}", call => Change(call, collection, kinds, static (change, body) =>
        {
            if (!body.TryGetProperty("Operations", out var operations) || operations.ValueKind != JsonValueKind.Array)
            {
                throw new ApiException(400, "invalidSyntax", "Operations must be an array.");
            }

            foreach (var operation in operations.EnumerateArray())
            {
                change.ReadOperation(operation);
            }
        }));
        routes.Delete($"{root}/{collection}/{{id}}", call =>
        {
            RequireAdmin(call);
            call.Workspace.Principals.Delete(ScimRoutes.Require(call, collection, kinds));
            return Reply.NoContent();
        });
    }

    private static Reply Create(Call call, PrincipalKind kind)
    {
        RequireAdmin(call);
        var body = call.Body(ScimJson.Shared.JsonElement);
        var directory = call.Workspace.Principals;
        var name = kind switch
        {
            PrincipalKind.User => Text(body, "userName"),
            PrincipalKind.ServicePrincipal => Text(body, "applicationId") ?? call.Workspace.IdOf("service principal", call.Workspace.NextTime()),
            _ => Text(body, "displayName"),
        };
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ApiException(400, "invalidValue", kind == PrincipalKind.User ? "userName is required" : "displayName is required");
        }

        if (directory.Find(kind, name) is not null)
        {
            throw new ApiException(409, "uniqueness", $"A {kind} named {name} exists already.");
        }

        var principal = directory.Add(kind, name, Text(body, "displayName"));
        try
        {
            var change = new ScimChange(directory, principal);
            change.ReadResource(body);
            change.Apply();
        }
        catch (ApiException)
        {
            directory.Forget(principal);
            throw;
        }

        return Reply.Json(ScimRoutes.Writer(call).Write(principal), ScimJson.Shared.ScimResource, status: 201);
    }

    private static Reply Change(Call call, string collection, PrincipalKind[] kinds, Action<ScimChange, JsonElement> read)
    {
        RequireAdmin(call);
        var principal = ScimRoutes.Require(call, collection, kinds);
        var body = call.Body(ScimJson.Shared.JsonElement);
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new ApiException(400, "invalidSyntax", "The body must be an object.");
        }

        var change = new ScimChange(call.Workspace.Principals, principal);
        read(change, body);
        change.Apply();
        return Reply.Json(ScimRoutes.Writer(call).Write(principal), ScimJson.Shared.ScimResource);
    }

    private static void RequireAdmin(Call call)
    {
        var admins = call.Workspace.Principals.Find(PrincipalKind.WorkspaceGroup, Admins);
        if (!call.Caller.IsMetastoreAdmin && (admins is null || !call.Caller.Principal.Groups.Contains(admins)))
        {
            throw Errors.Denied("Only workspace admins can change users, groups and service principals.");
        }
    }

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
