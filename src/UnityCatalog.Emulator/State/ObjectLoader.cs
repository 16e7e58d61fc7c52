using UnityCatalog.Emulator.Catalog;

namespace UnityCatalog.Emulator.State;

/// <summary>Turns the object tree of a document into securables.</summary>
internal sealed class ObjectLoader(Workspace workspace)
{
    public void Load(Securable parent, SecurableFamily family, IReadOnlyList<SecurableState>? states)
    {
        foreach (var state in states ?? [])
        {
            var securable = ObjectLifecycle.Create(workspace, parent, family, state, workspace.Metastore.Root.CreatedAt);
            Load(securable, SecurableFamily.Schema, state.Schemas);
            Load(securable, SecurableFamily.Table, state.Tables);
            Load(securable, SecurableFamily.Function, state.Functions);
            Load(securable, SecurableFamily.Volume, state.Volumes);
            Load(securable, SecurableFamily.Model, state.Models);
        }
    }
}
