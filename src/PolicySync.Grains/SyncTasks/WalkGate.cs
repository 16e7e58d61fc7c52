namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Bounds how many pages of listings a silo holds at once, however many walks are open (after a restart it may be all
/// of them at the same moment). A walk enters for each page anew and in turn, so that a small one is not stuck behind
/// those of a million tables. Single securables never wait here.
/// </summary>
internal sealed class WalkGate : IDisposable
{
    /// <summary>With a window of 16 each, more than a workspace's rate budget can feed.</summary>
    public const int MaxPages = 64;

    private readonly SemaphoreSlim _places = new(MaxPages);

    /// <summary>Enters; dispose what it returns to leave.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        return new Place(_places);
    }

    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
