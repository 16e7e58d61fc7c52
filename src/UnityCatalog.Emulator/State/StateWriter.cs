using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;

namespace UnityCatalog.Emulator.State;

/// <summary>Writes a workspace as the document that would build it again.</summary>
internal static class StateWriter
{
    public static StateDocument Write(Workspace workspace)
    {
        var (root, principals) = (workspace.Metastore.Root, workspace.Principals);
        return new StateDocument
        {
            Metastore = new MetastoreState
            {
                Name = root.Name,
                Id = root.Id,
                Owner = root.Owner,
                Region = workspace.Metastore.Region,
                Cloud = workspace.Metastore.Cloud,
                CreatedAt = root.CreatedAt,
                Grants = WriteGrants(workspace, root.Grants.Current) ?? [],
            },
            Settings = workspace.Settings,
            Users = [.. Of(principals, PrincipalKind.User)
                .Select(p => new UserState(p.Name, p.DisplayName, p.Active, p.Id, p.ExternalId))],
            ServicePrincipals = [.. Of(principals, PrincipalKind.ServicePrincipal)
                .Select(p => new ServicePrincipalState(p.Name, p.DisplayName, p.Active, p.Id, p.ExternalId))],
            Groups = [.. Of(principals, PrincipalKind.Group).Select(WriteGroup)],
            WorkspaceGroups = [.. Of(principals, PrincipalKind.WorkspaceGroup).Select(WriteGroup)],
            DeletedPrincipals = [.. principals.Deleted.Select(p => new DeletedPrincipalState(p.Id, p.Name, p.IsGroup))],
            Tokens = [.. workspace.Credentials.Tokens],
            Clients = [.. workspace.Credentials.Clients],
            Warehouses = [.. workspace.Statements.Warehouses.Values.Select(w => new WarehouseState(w.Id, w.Name, w.State))],
            Catalogs = WriteAll(workspace, root, SecurableFamily.Catalog) ?? [],
            ExternalLocations = WriteAll(workspace, root, SecurableFamily.ExternalLocation) ?? [],
            StorageCredentials = WriteAll(workspace, root, SecurableFamily.StorageCredential) ?? [],
            Credentials = WriteAll(workspace, root, SecurableFamily.Credential) ?? [],
            Connections = WriteAll(workspace, root, SecurableFamily.Connection) ?? [],
        };
    }

    /// <summary>One object; a container's children only when asked for.</summary>
    public static SecurableState WriteObject(Workspace workspace, Securable item, bool withChildren)
    {
        var state = new SecurableState
        {
            Name = item.Name,
            Type = item.Kind,
            Id = item.Id,
            Owner = item.Owner,
            Comment = item.Details.Comment,
            CreatedAt = item.CreatedAt,
            UpdatedAt = item.UpdatedAt,
            BuiltIn = item.BuiltIn,
            Columns = item.Details.Columns is { } columns
                ? [.. columns.Select(c => new ColumnState(c.Name, c.Type, c.Comment, c.Nullable, WriteGuard(c.Mask)))]
                : null,
            RowFilter = WriteGuard(item.Details.RowFilter),
            Rows = item.Details.Rows,
            Parameters = item.Details.Parameters is { } parameters ? [.. parameters.Select(p => new ParameterState(p.Name, p.Type))] : null,
            Definition = item.Details.Definition,
            DataType = item.Details.DataType,
            StorageLocation = item.Details.StorageLocation,
            Properties = item.Details.Properties,
            CredentialName = item.Details.CredentialName,
            ConnectionType = item.Details.ConnectionType,
            Options = item.Details.Options,
            Workspaces = item.Bindings.Isolated ? [.. item.Bindings.Workspaces.Keys] : null,
            Versions = item.Versions.All.Count > 0
                ? [.. item.Versions.All.Select(version => new ModelVersionState(version.Number, version.Comment, [.. item.Versions.AliasesOf(version.Number)]))]
                : null,
            Grants = WriteGrants(workspace, item.Grants.Current),
            Tags = WriteTags(item, null),
            ColumnTags = item.Tags.Columns.ToDictionary(column => column, column => WriteTags(item, column)!) is { Count: > 0 } tagged ? tagged : null,
        };
        return withChildren && !item.Family.IsLeaf()
            ? state with
            {
                Schemas = WriteAll(workspace, item, SecurableFamily.Schema),
                Tables = WriteAll(workspace, item, SecurableFamily.Table),
                Functions = WriteAll(workspace, item, SecurableFamily.Function),
                Volumes = WriteAll(workspace, item, SecurableFamily.Volume),
                Models = WriteAll(workspace, item, SecurableFamily.Model),
            }
            : state;
    }

    private static GuardState? WriteGuard(Guard? guard) => guard is null ? null : new GuardState(
        guard.Function, [.. guard.Arguments.Select(argument => new GuardArgumentState(argument.Column, argument.Constant))]);

    private static IReadOnlyDictionary<string, string>? WriteTags(Securable item, string? column) =>
        item.Tags.Of(column) is { Count: > 0 } tags ? tags.ToDictionary(tag => tag.Key, tag => tag.Value.Value) : null;

    public static List<GrantState>? WriteGrants(Workspace workspace, GrantTable grants) => grants.ByPrincipal.IsEmpty
        ? null
        : [.. grants.ByPrincipal.OrderBy(row => row.Key).Select(row => WriteGrant(workspace, row.Key, [.. row.Value]))];

    private static GrantState WriteGrant(Workspace workspace, long id, string[] privileges) =>
        workspace.Principals.Find(id) is { Deleted: false } principal
            ? new GrantState(principal.Name, PrincipalId: null, privileges)
            : new GrantState(Principal: null, id, privileges);

    private static List<SecurableState>? WriteAll(Workspace workspace, Securable parent, SecurableFamily family)
    {
        var index = parent.Children(family);
        return index.Count == 0
            ? null
            : [.. Enumerable.Range(0, index.Count).Select(i => WriteObject(workspace, index[i], withChildren: true))];
    }

    private static IEnumerable<Principal> Of(PrincipalDirectory principals, PrincipalKind kind) =>
        principals.Listed(kind).Where(principal => principal.Kind == kind);

    private static GroupState WriteGroup(Principal group) =>
        new(group.DisplayName, [.. group.Members.Select(member => member.Name)], group.Id, group.ExternalId);
}
