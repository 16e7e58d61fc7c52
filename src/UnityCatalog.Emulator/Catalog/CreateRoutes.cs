using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>POST of each family. It requires the CREATE privilege on the container; the creator becomes the owner.</summary>
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
        Map(routes, "external-locations", SecurableFamily.ExternalLocation, "CREATE_EXTERNAL_LOCATION");
        Map(routes, "storage-credentials", SecurableFamily.StorageCredential, "CREATE_STORAGE_CREDENTIAL");
        Map(routes, "connections", SecurableFamily.Connection, "CREATE_CONNECTION");
        routes.Post($"{RouteTable.UnityCatalog}/credentials", CreateCredential);
    }

    private static void Map(RouteTable routes, string collection, SecurableFamily family, string privilege) =>
        routes.Post($"{RouteTable.UnityCatalog}/{collection}", call => Create(call, family, privilege));

    /// <summary>A credential of either purpose; those for storage are storage credentials too.</summary>
    private static Reply CreateCredential(Call call)
    {
        var purpose = call.Body(WireJson.Shared.ObjectRequest).Purpose;
        var (family, privilege) = purpose switch
        {
            CredentialRoutes.Service => (SecurableFamily.Credential, "CREATE_SERVICE_CREDENTIAL"),
            CredentialRoutes.Storage => (SecurableFamily.StorageCredential, "CREATE_STORAGE_CREDENTIAL"),
            _ => throw Errors.InvalidParameter($"purpose must be {CredentialRoutes.Service} or {CredentialRoutes.Storage}"),
        };
        _ = Create(call, family, privilege, out var created);
        return Reply.Json(ObjectRoutes.Show(call, created) with { Purpose = purpose }, WireJson.Shared.ObjectInfo);
    }

    private static Reply Create(Call call, SecurableFamily family, string privilege) => Create(call, family, privilege, out _);

    private static Reply Create(Call call, SecurableFamily family, string privilege, out Securable created)
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

        Check(call, family, request);
        var creator = call.Caller.Principal.Name;
        var state = new SecurableState
        {
            Name = name,
            Type = request.TableType ?? request.VolumeType,
            Owner = creator,
            Comment = request.Comment,
            StorageLocation = request.StorageLocation ?? request.Url,
            DataType = request.FullDataType ?? request.DataType,
            Definition = request.RoutineDefinition,
            Parameters = request.InputParams?.Parameters?.Select(parameter => new ParameterState(parameter.Name, parameter.TypeText)).ToArray(),
            Properties = request.Properties,
            CredentialName = request.CredentialName?.ToLowerInvariant(),
            ConnectionType = request.ConnectionType,
            Options = request.Options?.Where(option => !IsSecret(option.Key)).ToDictionary(),
            Columns = request.Columns?.Select(c => new ColumnState(c.Name, c.TypeText ?? "string", c.Comment, c.Nullable)).ToArray(),
        };
        created = ObjectLifecycle.Create(call.Workspace, parent, family, state, call.Workspace.NextTime(), creator);
        return ObjectRoutes.Answer(call, created);
    }

    /// <summary>The required members of a kind.</summary>
    private static void Check(Call call, SecurableFamily family, ObjectRequest request)
    {
        if (family == SecurableFamily.ExternalLocation)
        {
            _ = Required(request.Url, "url");
            var credential = call.Workspace.Metastore.Require(SecurableFamily.StorageCredential, Required(request.CredentialName, "credential_name"));
            if (!call.Caller.Holds(credential, "CREATE_EXTERNAL_LOCATION"))
            {
                throw Errors.Lacks("CREATE_EXTERNAL_LOCATION", credential);
            }
        }
        else if (family == SecurableFamily.Connection)
        {
            _ = Required(request.ConnectionType, "connection_type");
        }
    }

    // Connections show their options but for these.
    private static bool IsSecret(string option) =>
        option.Contains("password", StringComparison.OrdinalIgnoreCase) || option.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || option.Contains("token", StringComparison.OrdinalIgnoreCase);

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
