using System.Collections.Immutable;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.Sql;
using UnityCatalog.Emulator.Tags;

namespace UnityCatalog.Emulator.State;

/// <summary>Builds a workspace from its document. What the document leaves out is derived from the seed.</summary>
internal static class StateReader
{
    public static Workspace Read(StateDocument document, TimeProvider time)
    {
        var state = document.Metastore;
        var root = new Securable(SecurableFamily.Metastore, state.Name, "METASTORE", parent: null)
        {
            Id = state.Id,
            CreatedAt = state.CreatedAt,
            UpdatedAt = state.CreatedAt,
        };
        var workspace = new Workspace(
            new Metastore(root, state.Region, state.Cloud), ReadPrincipals(document), document.Settings.Checked(), time);
        workspace.SetOwner(root, state.Owner);
        root.Grants.Write(ReadGrants(workspace, root, state.Grants), now: 0, keep: 0);
        foreach (var token in document.Tokens)
        {
            workspace.Credentials.AddToken(token.Token, RequirePrincipal(workspace, token.Principal), token.ExpiresAt);
        }

        foreach (var client in document.Clients)
        {
            workspace.Credentials.AddClient(RequirePrincipal(workspace, client.ClientId), client.Secret);
        }

        foreach (var warehouse in document.Warehouses)
        {
            workspace.Statements.Warehouses[warehouse.Id] = new Warehouse(warehouse.Id, warehouse.Name ?? warehouse.Id, warehouse.State);
        }

        ReadObjects(workspace, document);
        return workspace;
    }

    public static Principal RequirePrincipal(Workspace workspace, string name) =>
        workspace.Principals.FindForGrant(name) ?? throw Errors.NoSuchPrincipal(name);

    /// <summary>Grants as the document has them: nothing checks whether they apply to the kind.</summary>
    public static GrantTable ReadGrants(Workspace workspace, Securable on, IReadOnlyList<GrantState>? grants)
    {
        var table = GrantTable.Empty;
        foreach (var grant in grants ?? [])
        {
            var principal = grant.PrincipalId is { } id
                ? workspace.Principals.Find(id) ?? throw Errors.NoSuchPrincipal(id)
                : RequirePrincipal(workspace, grant.Principal ?? "");
            var privileges = (grant.Privileges ?? []).Select(name => PrivilegeNames.Normalise(name, on.Family));
            table = table.With(principal.Id, table.Of(principal.Id).Union(privileges));
        }

        return table;
    }

    /// <summary>Tags as the document has them.</summary>
    public static void ReadTags(Securable on, SecurableState state)
    {
        foreach (var (column, tags) in (state.ColumnTags ?? new Dictionary<string, IReadOnlyDictionary<string, string>>())
                     .Select(pair => ((string?)pair.Key, pair.Value)).Append((null, state.Tags ?? new Dictionary<string, string>())))
        {
            foreach (var (key, value) in tags)
            {
                on.Tags.Set(column, key, new Tag(value, on.CreatedAt, UpdatedBy: null));
            }
        }
    }

    public static SecurableDetails ReadDetails(SecurableState state) => new(
        state.Comment,
        state.Columns?.Select(column => new Column(column.Name, column.Type, column.Comment, column.Nullable, ReadGuard(column.Mask))).ToImmutableArray(),
        state.Definition,
        state.DataType,
        state.StorageLocation,
        state.Properties,
        ReadGuard(state.RowFilter),
        state.Rows,
        state.Parameters?.Select(parameter => new Parameter(parameter.Name, parameter.Type)).ToImmutableArray(),
        state.CredentialName,
        state.ConnectionType,
        state.Options);

    private static Guard? ReadGuard(GuardState? state) => state is null ? null : new Guard(
        state.Function.ToLowerInvariant(),
        [.. (state.Arguments ?? []).Select(argument => new GuardArgument(argument.Column, argument.Constant))]);

    private static PrincipalDirectory ReadPrincipals(StateDocument document)
    {
        var directory = new PrincipalDirectory();

        // Stated ids first: those handed out afterwards are higher than any of them.
        foreach (var deleted in document.DeletedPrincipals)
        {
            directory.AddDeleted(deleted.Id, deleted.Group ? PrincipalKind.Group : PrincipalKind.User, deleted.DisplayName);
        }

        foreach (var user in document.Users)
        {
            directory.Add(PrincipalKind.User, user.UserName, user.DisplayName, user.Active, user.Id, user.ExternalId);
        }

        foreach (var service in document.ServicePrincipals)
        {
            directory.Add(
                PrincipalKind.ServicePrincipal, service.ApplicationId, service.DisplayName, service.Active, service.Id, service.ExternalId);
        }

        // Groups before members, because a group may be named before it is described.
        var groups = new List<(Principal Group, IReadOnlyList<string> Members)>();
        foreach (var (kind, group) in document.Groups.Select(group => (PrincipalKind.Group, group))
            .Concat(document.WorkspaceGroups.Select(group => (PrincipalKind.WorkspaceGroup, group))))
        {
            groups.Add((directory.Add(kind, group.DisplayName, id: group.Id, externalId: group.ExternalId), group.Members ?? []));
        }

        foreach (var (group, members) in groups)
        {
            foreach (var member in members)
            {
                directory.Join(group, directory.FindAny(member) ?? throw Errors.NoSuchPrincipal(member));
            }
        }

        return directory;
    }

    private static void ReadObjects(Workspace workspace, StateDocument document)
    {
        var loader = new ObjectLoader(workspace);
        var root = workspace.Metastore.Root;
        loader.Load(root, SecurableFamily.Catalog, document.Catalogs);
        loader.Load(root, SecurableFamily.ExternalLocation, document.ExternalLocations);
        loader.Load(root, SecurableFamily.StorageCredential, document.StorageCredentials);
        loader.Load(root, SecurableFamily.Credential, document.Credentials);
        loader.Load(root, SecurableFamily.Connection, document.Connections);
    }
}
