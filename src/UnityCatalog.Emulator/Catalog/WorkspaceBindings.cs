namespace UnityCatalog.Emulator.Catalog;

/// <summary>
/// An object outside catalogs may be open to all workspaces, or isolated and open to those that it is bound to.
/// </summary>
internal sealed class WorkspaceBindings
{
    public const string ReadWrite = "BINDING_TYPE_READ_WRITE";
    public const string ReadOnly = "BINDING_TYPE_READ_ONLY";

    /// <summary>Workspace id to kind of binding.</summary>
    public SortedDictionary<long, string> Workspaces { get; } = [];

    /// <summary>False: open to all workspaces, independent of bindings.</summary>
    public bool Isolated { get; private set; }

    /// <summary>Isolation binds the workspace in which it was switched on (Databricks' page on workspace bindings).</summary>
    public void Isolate(bool isolated, long by)
    {
        if (isolated && !Isolated && Workspaces.Count == 0)
        {
            Workspaces[by] = ReadWrite;
        }

        Isolated = isolated;
    }

    /// <summary>Isolates the object and binds it to these workspaces only.</summary>
    public void BindOnly(IEnumerable<long> workspaces)
    {
        Workspaces.Clear();
        foreach (var workspace in workspaces)
        {
            Workspaces[workspace] = ReadWrite;
        }

        Isolated = true;
    }

    public bool Admits(long workspace) => !Isolated || Workspaces.ContainsKey(workspace);
}
