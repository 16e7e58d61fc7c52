using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Sql;

/// <summary>GRANT, REVOKE and SHOW GRANTS, with the rights and the rules of the permissions API.</summary>
internal sealed class GrantStatements(Workspace workspace, Caller caller)
{
    private static readonly (string, SqlType)[] Columns =
        [("Principal", SqlType.String), ("ActionType", SqlType.String), ("ObjectType", SqlType.String), ("ObjectKey", SqlType.String)];

    public void Run(ChangeGrants change) =>
        GrantWriter.Write(workspace, caller, Require(change.Family, change.Name), [new PermissionsChange(change.Principal, null, change.Add, change.Remove)]);

    /// <summary>Grants on the object and on its containers, with spaces for underscores; neither owners nor the deleted.</summary>
    public SqlRows Run(ShowGrants show)
    {
        var securable = Require(show.Family, show.Name);
        var visible = PermissionRoutes.VisibleRows(workspace, caller, securable, show.Principal);
        var rows =
            from level in EffectivePermissionRoutes.Levels(securable)
            from row in level.Grants.Current.ByPrincipal
            let name = PermissionRoutes.NameOf(workspace.Principals, row.Key)
            where name.Length > 0 && visible(row.Key)
            from privilege in row.Value
            orderby name, level.FullName.Length descending, privilege
            select new[] { name, privilege.Replace('_', ' '), level.Family.UpperType().Replace('_', ' '), level.FullName };
        return new SqlRows(Columns, [.. rows]);
    }

    private Securable Require(SecurableFamily family, string[] name) => family == SecurableFamily.Metastore
        ? workspace.Metastore.Root
        : workspace.Metastore.RequireForPermissions(family, string.Join('.', name).ToLowerInvariant());
}
