using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Statements that drop, rename or change the owner of an object.</summary>
internal sealed class ObjectStatements(Workspace workspace, Caller caller)
{
    public void Run(DropObject drop)
    {
        if (drop.IfExists && !Exists(drop))
        {
            return;
        }

        ObjectLifecycle.Drop(RequireManaged(drop.Family, drop.Name), drop.Cascades || drop.Family.IsLeaf());
    }

    public void Run(SetOwner set)
    {
        var item = RequireManaged(set.Family, set.Name);
        _ = workspace.Principals.FindForGrant(set.Owner) ?? throw Errors.NoSuchPrincipal(set.Owner);
        workspace.SetOwner(item, set.Owner);
        Touch(item);
    }

    /// <summary>Within its catalog; into another schema takes the right to create there.</summary>
    public void Run(RenameTable rename)
    {
        var table = RequireManaged(SecurableFamily.Table, rename.Name);
        var (catalog, schema) = (table.Parent!.Parent!.Name, table.Parent.Name);
        string[] target = rename.NewName.Length switch
        {
            1 => [catalog, schema, rename.NewName[0]],
            2 => [catalog, .. rename.NewName],
            _ => rename.NewName,
        };
        if (target.Length != 3 || !string.Equals(target[0], catalog, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlException.Unsupported("a rename that leaves the catalog");
        }

        var into = workspace.Metastore.RequireParent(SecurableFamily.Table, string.Join('.', target).ToLowerInvariant().Split('.'));
        if (into != table.Parent && !caller.Holds(into, "CREATE_TABLE"))
        {
            throw Errors.Lacks("CREATE_TABLE", into);
        }

        ObjectLifecycle.Rename(workspace, table, target[2], into);
        Touch(table);
    }

    private bool Exists(DropObject drop)
    {
        try
        {
            return Require(drop.Family, drop.Name) is not null;
        }
        catch (ApiException e) when (e.Status == 404)
        {
            return false;
        }
    }

    private Securable RequireManaged(SecurableFamily family, string[] name)
    {
        var item = Require(family, name);
        if (item.BuiltIn)
        {
            throw Errors.NotOwner(item);
        }

        caller.RequireManage(item);
        return item;
    }

    private Securable Require(SecurableFamily family, string[] name) =>
        workspace.Metastore.Require(family, string.Join('.', name).ToLowerInvariant());

    private void Touch(Securable item) => (item.UpdatedAt, item.UpdatedBy) = (workspace.NextTime(), caller.Principal.Name);
}
