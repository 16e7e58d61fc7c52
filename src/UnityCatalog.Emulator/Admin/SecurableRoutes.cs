using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>Objects and their raw grants, changed without checks of rights and applicability.</summary>
internal static class SecurableRoutes
{
    public static void Map(AdminTable admin, WorkspaceHost host)
    {
        const string one = "/securables/{type}/{full_name}";
        admin.Map("GET", one, call => StateRoutes.Locked(host, workspace => Show(workspace, Require(workspace, call))));
        admin.Map("PUT", one, call => StateRoutes.Locked(host, workspace => Put(workspace, call)));
        admin.Map("DELETE", one, call => StateRoutes.Locked(host, workspace =>
        {
            ObjectLifecycle.Drop(Require(workspace, call), force: true);
            return Reply.Empty();
        }));

        const string grants = "/permissions/{type}/{full_name}";
        admin.Map("GET", grants, call => StateRoutes.Locked(host, workspace => ShowGrants(workspace, Require(workspace, call))));
        admin.Map("PUT", grants, call => StateRoutes.Locked(host, workspace =>
        {
            var securable = Require(workspace, call);
            var document = call.Body(EmulatorJson.Shared.GrantsDocument);
            workspace.WriteGrants(securable, StateReader.ReadGrants(workspace, securable, document.Grants));
            return ShowGrants(workspace, securable);
        }));
        admin.Map("POST", "/generate", call => StateRoutes.Locked(host, workspace => Generate(workspace, call)));
    }

    private static Reply Show(Workspace workspace, Securable securable) => Reply.Json(
        StateWriter.WriteObject(workspace, securable, withChildren: false), EmulatorJson.Shared.SecurableState);

    private static Reply ShowGrants(Workspace workspace, Securable securable) => Reply.Json(
        new GrantsDocument(StateWriter.WriteGrants(workspace, securable.Grants.Current) ?? []), EmulatorJson.Shared.GrantsDocument);

    private static SecurableFamily Family(AdminCall call)
    {
        var type = call.Parameter("type");
        return type.ToUpperInvariant() switch
        {
            "MODEL" or "REGISTERED_MODEL" => SecurableFamily.Model,
            "VIEW" => SecurableFamily.Table,
            _ => SecurableFamilies.TryParsePathType(type, out var family)
                ? family
                : throw Errors.InvalidParameter($"unknown type `{type}`"),
        };
    }

    private static Securable Require(Workspace workspace, AdminCall call) =>
        Family(call) is var family && family == SecurableFamily.Metastore
            ? workspace.Metastore.Root
            : workspace.Metastore.Require(family, call.Parameter("full_name"));

    private static Reply Put(Workspace workspace, AdminCall call)
    {
        var family = Family(call);
        var update = call.Body(EmulatorJson.Shared.SecurableUpdate);
        if (family == SecurableFamily.Metastore)
        {
            return Change(workspace, workspace.Metastore.Root, update);
        }

        var parts = ObjectName.Split(call.Parameter("full_name"), family.Depth());
        var parent = EnsureParent(workspace, family, parts);
        var existing = parent.Children(family).Find(parts[^1]);
        if (existing is not null && !update.Recreate)
        {
            return Change(workspace, existing, update);
        }

        if (existing is not null)
        {
            ObjectLifecycle.Drop(existing, force: true);
        }

        return Show(workspace, ObjectLifecycle.Create(workspace, parent, family, Describe(parts[^1], update), workspace.NextTime()));
    }

    /// <summary>Creates missing containers, each with the owner of its parent.</summary>
    private static Securable EnsureParent(Workspace workspace, SecurableFamily family, string[] parts)
    {
        var parent = workspace.Metastore.Root;
        for (var depth = 1; depth < family.Depth(); depth++)
        {
            var level = depth == 1 ? SecurableFamily.Catalog : SecurableFamily.Schema;
            var name = parts[depth - 1];
            parent = parent.Children(level).Find(name)
                ?? ObjectLifecycle.Create(workspace, parent, level, new SecurableState { Name = name }, workspace.NextTime());
        }

        return parent;
    }

    private static SecurableState Describe(string name, SecurableUpdate update) => new()
    {
        Name = name,
        Type = update.Type ?? (update.Definition is not null ? "VIEW" : null),
        Owner = update.Owner,
        Comment = update.Comment,
        Columns = update.Columns,
        Definition = update.Definition,
        DataType = update.DataType,
        StorageLocation = update.StorageLocation,
        RowFilter = update.RowFilter,
        Rows = update.Rows,
        Parameters = update.Parameters,
        Grants = update.Grants,
    };

    private static Reply Change(Workspace workspace, Securable item, SecurableUpdate update)
    {
        if (update.Type is { } type && !type.Equals(item.Kind, StringComparison.OrdinalIgnoreCase))
        {
            throw Errors.InvalidParameter($"`{item.FullName}` is {item.Kind}; another kind needs \"recreate\": true");
        }

        if (update.Owner is { } owner)
        {
            workspace.SetOwner(item, owner);
        }

        if (update.Rename is { } name)
        {
            ObjectLifecycle.Rename(workspace, item, name);
        }

        var (given, held) = (StateReader.ReadDetails(Describe(item.Name, update)), item.Details);
        item.Details = held with
        {
            Comment = given.Comment ?? held.Comment,
            Columns = given.Columns ?? held.Columns,
            Definition = given.Definition ?? held.Definition,
            DataType = given.DataType ?? held.DataType,
            StorageLocation = given.StorageLocation ?? held.StorageLocation,
            RowFilter = given.RowFilter ?? held.RowFilter,
            Rows = given.Rows ?? held.Rows,
            Parameters = given.Parameters ?? held.Parameters,
        };
        if (update.Grants is { } grants)
        {
            workspace.WriteGrants(item, StateReader.ReadGrants(workspace, item, grants));
        }

        item.UpdatedAt = workspace.NextTime();
        return Show(workspace, item);
    }

    private static Reply Generate(Workspace workspace, AdminCall call)
    {
        var request = call.Body(EmulatorJson.Shared.GenerateRequest);
        var created = 0;
        for (var s = 0; s < request.Schemas; s++)
        {
            var schema = EnsureParent(workspace, SecurableFamily.Table, [request.Catalog.ToLowerInvariant(), $"schema_{s:D4}", ""]);
            if (request.Owner is { } owner)
            {
                workspace.SetOwner(schema.Parent!, owner);
                workspace.SetOwner(schema, owner);
            }

            var tables = schema.Children(SecurableFamily.Table);
            for (var t = 0; t < request.TablesPerSchema; t++)
            {
                if (tables.Find($"table_{t:D5}") is null)
                {
                    var state = new SecurableState { Name = $"table_{t:D5}", Type = request.TableType };
                    ObjectLifecycle.Create(workspace, schema, SecurableFamily.Table, state, workspace.NextTime());
                    created++;
                }
            }
        }

        return Reply.Json(new GenerateResult(request.Catalog, created), EmulatorJson.Shared.GenerateResult);
    }
}
