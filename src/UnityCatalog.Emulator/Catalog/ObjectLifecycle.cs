using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>Creates, renames and deletes objects.</summary>
internal static class ObjectLifecycle
{
    private const string SystemUser = "System user";
    private const string HiveMetastoreKind = "INTERNAL_CATALOG";

    /// <param name="workspace">Gives ids and times.</param>
    /// <param name="parent">Where the object goes.</param>
    /// <param name="family">What it is.</param>
    /// <param name="state">Its description; children are not read here.</param>
    /// <param name="createdAt">Used when the description states none.</param>
    /// <param name="createdBy">Recorded as creator; null leaves the field out.</param>
    public static Securable Create(
        Workspace workspace, Securable parent, SecurableFamily family, SecurableState state, long createdAt, string? createdBy = null)
    {
        var name = ObjectName.ForCreation(state.Name);
        var siblings = parent.Children(family);
        if (siblings.Find(name) is { } existing)
        {
            throw Errors.AlreadyExists(family, existing.FullName);
        }

        var created = state.CreatedAt ?? createdAt;
        workspace.SawTime(created);
        var securable = new Securable(family, name, state.Type?.ToUpperInvariant() ?? DefaultKind(family), parent)
        {
            Id = state.Id ?? workspace.IdOf($"{family} {parent.FullName} {name}", created),
            CreatedAt = created,
            CreatedBy = createdBy,
            UpdatedAt = state.UpdatedAt ?? created,
            UpdatedBy = createdBy,
            BuiltIn = state.BuiltIn,
            Details = StateReader.ReadDetails(state),
        };
        workspace.SetOwner(securable, state.Owner ?? (state.BuiltIn ? SystemUser : parent.Owner));
        securable.Grants.Write(StateReader.ReadGrants(workspace, securable, state.Grants), now: 0, keep: 0);
        StateReader.ReadTags(securable, state);
        if (state.Workspaces is { } bound)
        {
            securable.Bindings.BindOnly(bound);
        }

        foreach (var version in state.Versions ?? [])
        {
            var id = workspace.IdOf($"{securable.Id} version {version.Version}", created);
            securable.Versions.Put(new ModelVersion(version.Version, id, version.Comment, null, null, created, createdBy, created, createdBy));
            (version.Aliases ?? []).ToList().ForEach(alias => securable.Versions.Aliases[alias] = version.Version);
        }

        siblings.Add(securable);
        if (family == SecurableFamily.Catalog
            && securable.Kind != HiveMetastoreKind
            && state.Schemas?.Any(schema => schema.Name == Metastore.InformationSchema) != true)
        {
            // Every catalog of Unity Catalog lists one (reference §1.1); a document that was read from us names it already.
            var own = new SecurableState { Name = Metastore.InformationSchema, BuiltIn = true };
            Create(workspace, securable, SecurableFamily.Schema, own, created);
        }

        return securable;
    }

    public static void Drop(Securable securable, bool force)
    {
        if (!force && !securable.IsEmpty)
        {
            throw Errors.NotEmpty(securable);
        }

        securable.Parent!.Children(securable.Family).Remove(securable.Name);
    }

    /// <summary>Keeps id and grants: to Unity Catalog it is the same object.</summary>
    /// <param name="workspace">Says whether guards follow.</param>
    /// <param name="securable">What gets another name.</param>
    /// <param name="newName">The last part of it.</param>
    /// <param name="into">Another schema for a table; null leaves it where it is.</param>
    public static void Rename(Workspace workspace, Securable securable, string newName, Securable? into = null)
    {
        var name = ObjectName.ForCreation(newName);
        var former = securable.FullName;
        var parent = into ?? securable.Parent!;
        var siblings = parent.Children(securable.Family);
        if (siblings.Find(name) is { } other)
        {
            throw Errors.AlreadyExists(securable.Family, other.FullName);
        }

        securable.Parent!.Children(securable.Family).Remove(securable.Name);
        (securable.Name, securable.Parent) = (name, parent);
        siblings.Add(securable);
        if (workspace.Settings.GuardsFollowRenames)
        {
            GuardNames.Follow(workspace.Metastore, former, securable);
        }
    }

    private static string DefaultKind(SecurableFamily family) => family switch
    {
        SecurableFamily.Catalog => "MANAGED_CATALOG",
        SecurableFamily.Table or SecurableFamily.Volume => "MANAGED",
        SecurableFamily.Model => "REGISTERED_MODEL",
        _ => family.UpperType(),
    };
}
