using PolicySync.Grains.Fairness;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Bounds how many pages of listings a silo holds at once, however many walks are open (after a restart it may be all
/// of them at the same moment). A walk enters for each page anew and in turn, so that a small one is not stuck behind
/// those of a million tables; turns go round the shares. A walk whose securables all wait for something that may last
/// steps aside, and keeps of its page only what it is at. Single securables never wait here.
/// </summary>
internal sealed class WalkGate
{
    /// <summary>With a window of 16 each, more than a workspace's rate budget can feed.</summary>
    public const int MaxPages = 64;

    /// <summary>Walks that have stepped aside at once: each has up to 16 securables in memory, at some 5 KB.</summary>
    public const int MaxAside = 192;

    private readonly FairGate _places = new(MaxPages);
    private readonly FairGate _aside = new(MaxAside);

    /// <summary>Enters; dispose what it returns to leave.</summary>
    public Task<IDisposable> EnterAsync(string share, CancellationToken cancellation) => _places.EnterAsync(share, cancellation);

    /// <summary>Lets a walk wait without its place; dispose what it returns when it waits no longer. Null when too many do.</summary>
    public IDisposable? TryStepAside(string share) => _aside.TryEnter(share);
}
