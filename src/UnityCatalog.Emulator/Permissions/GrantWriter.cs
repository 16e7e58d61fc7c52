using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>Changes grants with the rights of a caller, for REST and SQL alike.</summary>
internal static class GrantWriter
{
    /// <summary>All grants after the change.</summary>
    public static GrantTable Write(Workspace workspace, Caller caller, Securable securable, IReadOnlyList<PermissionsChange> changes)
    {
        if (securable.BuiltIn)
        {
            throw Errors.NotOwner(securable);
        }

        caller.RequireManage(securable);
        RequireCatalogOwnerForExternalUse(caller, securable, changes);
        var grants = PermissionsPatch.Apply(workspace.Principals, securable, changes);
        workspace.WriteGrants(securable, grants, caller.Principal.Name);
        return grants;
    }

    /// <summary>EXTERNAL_USE_SCHEMA is for the catalog's owner alone to give (reference §2).</summary>
    private static void RequireCatalogOwnerForExternalUse(Caller caller, Securable securable, IReadOnlyList<PermissionsChange> changes)
    {
        if (securable.Family == SecurableFamily.Schema
            && changes.Any(change => change.Add?.Any(IsExternalUse) == true)
            && !caller.Owns(securable.Parent!))
        {
            throw Errors.NotOwner(securable.Parent!);
        }
    }

    private static bool IsExternalUse(string name) =>
        PrivilegeNames.Normalise(name, SecurableFamily.Schema) == PrivilegeNames.ExternalUseSchema;
}
