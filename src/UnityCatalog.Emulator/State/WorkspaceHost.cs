namespace UnityCatalog.Emulator.State;

/// <summary>The workspace in service, replaceable as a whole while requests continue.</summary>
internal sealed class WorkspaceHost
{
    private readonly Func<StateDocument> _initial;
    private readonly TimeProvider _time;
    private volatile Workspace _current;

    public WorkspaceHost(Func<StateDocument> initial, TimeProvider time)
    {
        (_initial, _time) = (initial, time);
        _current = StateReader.Read(initial(), time);
    }

    public Workspace Current => _current;

    public void Replace(StateDocument document)
    {
        var next = StateReader.Read(document, _time);
        next.KeepFormerGrants = _current.KeepFormerGrants;
        _current = next;
    }

    /// <summary>Faults with a read lag ask for it; a workspace that takes over inherits it.</summary>
    public void KeepFormerGrants(long milliseconds)
    {
        var workspace = _current;
        lock (workspace.Gate)
        {
            workspace.KeepFormerGrants = milliseconds;
        }
    }

    public void Reset() => Replace(_initial());
}
