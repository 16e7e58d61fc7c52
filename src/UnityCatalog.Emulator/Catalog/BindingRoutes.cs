using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>Workspaces that may reach an isolated object: the newer routes for every kind, the older ones for catalogs alone.</summary>
internal static class BindingRoutes
{
    private const string Newer = $"{RouteTable.UnityCatalog}/bindings/{{securable_type}}/{{securable_name}}";
    private const string Older = $"{RouteTable.UnityCatalog}/workspace-bindings/catalogs/{{name}}";

    public static void Map(RouteTable routes)
    {
        routes.Get(Newer, call => ShowNewer(Require(call)));
        routes.Patch(Newer, call =>
        {
            var bindings = Require(call);
            var change = call.Body(WireJson.Shared.BindingsChange);
            Change(bindings, change.Add ?? [], (change.Remove ?? []).Select(binding => binding.WorkspaceId));
            return ShowNewer(bindings);
        });
        routes.Get(Older, call => ShowOlder(Require(call, SecurableFamily.Catalog, call.Parameter("name"))));
        routes.Patch(Older, call =>
        {
            var bindings = Require(call, SecurableFamily.Catalog, call.Parameter("name"));
            var change = call.Body(WireJson.Shared.CatalogBindingsChange);
            Change(bindings, (change.AssignWorkspaces ?? []).Select(id => new WorkspaceBinding(id)), change.UnassignWorkspaces ?? []);
            return ShowOlder(bindings);
        });
    }

    private static WorkspaceBindings Require(Call call)
    {
        var type = call.Parameter("securable_type");
        return SecurableFamilies.TryParsePathType(type, out var family) && family.Depth() == 1 && family != SecurableFamily.Metastore
            ? Require(call, family, call.Parameter("securable_name"))
            : throw Errors.InvalidParameter($"Bindings are of catalogs, external locations, credentials and connections, not of {type}.");
    }

    // Includes objects isolated from this workspace: otherwise they could not be bound again.
    private static WorkspaceBindings Require(Call call, SecurableFamily family, string name)
    {
        var item = call.Workspace.Metastore.Require(family, name);
        return call.Caller.CanManage(item) && !item.BuiltIn ? item.Bindings : throw Errors.NotOwner(item);
    }

    private static void Change(WorkspaceBindings bindings, IEnumerable<WorkspaceBinding> add, IEnumerable<long> remove)
    {
        foreach (var id in remove)
        {
            bindings.Workspaces.Remove(id);
        }

        foreach (var binding in add)
        {
            bindings.Workspaces[binding.WorkspaceId] = binding.BindingType switch
            {
                null or WorkspaceBindings.ReadWrite => WorkspaceBindings.ReadWrite,
                WorkspaceBindings.ReadOnly => WorkspaceBindings.ReadOnly,
                var other => throw Errors.InvalidParameter($"Invalid binding_type: {other}"),
            };
        }
    }

    private static Reply ShowNewer(WorkspaceBindings bindings) => Reply.Json(
        new BindingsAnswer(bindings.Workspaces.Count == 0 ? null : [.. bindings.Workspaces.Select(pair => new WorkspaceBinding(pair.Key, pair.Value))]),
        WireJson.Shared.BindingsAnswer);

    private static Reply ShowOlder(WorkspaceBindings bindings) => Reply.Json(
        new CatalogBindingsAnswer(bindings.Workspaces.Count == 0 ? null : [.. bindings.Workspaces.Keys]), WireJson.Shared.CatalogBindingsAnswer);
}

internal sealed record WorkspaceBinding(long WorkspaceId, string? BindingType = null);

internal sealed record BindingsAnswer(IReadOnlyList<WorkspaceBinding>? Bindings);

internal sealed record BindingsChange(IReadOnlyList<WorkspaceBinding>? Add = null, IReadOnlyList<WorkspaceBinding>? Remove = null);

internal sealed record CatalogBindingsAnswer(IReadOnlyList<long>? Workspaces);

internal sealed record CatalogBindingsChange(IReadOnlyList<long>? AssignWorkspaces = null, IReadOnlyList<long>? UnassignWorkspaces = null);
