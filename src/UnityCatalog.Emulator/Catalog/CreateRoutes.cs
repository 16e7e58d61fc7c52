using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>POST of each family. Who may create needs the CREATE privilege on the container; the creator becomes the owner.</summary>
internal static class CreateRoutes
{
    public static void Map(RouteTable routes)
    {
        Map(routes, "catalogs", SecurableFamily.Catalog, "CREATE_CATALOG");
        Map(routes, "schemas", SecurableFamily.Schema, "CREATE_SCHEMA");
        Map(routes, "tables", SecurableFamily.Table, "CREATE_TABLE");
        Map(routes, "functions", SecurableFamily.Function, "CREATE_FUNCTION");
        Map(routes, "volumes", SecurableFamily.Volume, "CREATE_VOLUME");
        Map(routes, "models", SecurableFamily.Model, "CREATE_MODEL");
    }

    private static void Map(RouteTable routes, string collection, SecurableFamily family, string privilege) =>
        routes.Post($"{RouteTable.UnityCatalog}/{collection}", call => Create(call, family, privilege));

    private static Reply Create(Call call, SecurableFamily family, string privilege)
    {
        var request = call.Body(WireJson.Shared.ObjectRequest);
        request = request.FunctionInfo ?? request;
        var name = ObjectName.ForCreation(request.Name);
        var parent = call.Workspace.Metastore.RequireParent(family, ParentParts(family, request, name));
        if (call.Caller.WhyHidden(parent) is { } refusal)
        {
            throw refusal;
        }

        if (parent.BuiltIn || !call.Caller.Holds(parent, privilege))
        {
            throw Errors.Lacks(privilege, parent);
        }

        var creator = call.Caller.Principal.Name;
        var state = new SecurableState
        {
            Name = name,
            Type = request.TableType ?? request.VolumeType,
            Owner = creator,
            Comment = request.Comment,
            StorageLocation = request.StorageLocation,
            DataType = request.DataType,
            Definition = request.RoutineDefinition,
            Columns = request.Columns?.Select(c => new ColumnState(c.Name, c.TypeText ?? "string", c.Comment, c.Nullable)).ToArray(),
        };
        var created = ObjectLifecycle.Create(call.Workspace, parent, family, state, call.Workspace.NextTime(), creator);
        return ObjectRoutes.Answer(call, created);
    }

    private static string[] ParentParts(SecurableFamily family, ObjectRequest request, string name) => family.Depth() switch
    {
        1 => [name],
        2 => [Required(request.CatalogName, "catalog_name"), name],
        _ => [Required(request.CatalogName, "catalog_name"), Required(request.SchemaName, "schema_name"), name],
    };

    private static string Required(string? value, string field) => string.IsNullOrEmpty(value)
        ? throw Errors.InvalidParameter($"Missing required field: {field}")
        : value.ToLowerInvariant();
}
