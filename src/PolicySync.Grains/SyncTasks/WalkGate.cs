using PolicySync.Grains.Fairness;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Bounds how many pages of listings a silo holds at once; after a restart all open walks may start at the same moment. A walk enters
/// again for each page, and the shares take turns, so that a small walk is not stuck behind walks of a million tables. A walk whose
/// securables all wait for long steps aside and keeps only the current part of its page. Single securables do not wait here.
/// </summary>
internal sealed class WalkGate
{
    /// <summary>Most pages at once. With a window of 16 securables each, they exceed a workspace's rate budget.</summary>
    public const int MaxPages = 64;

    /// <summary>Most walks that step aside at once. Each holds up to 48 securables of about 5 KB.</summary>
    public const int MaxAside = 192;

    private readonly FairGate _places = new(MaxPages);
    private readonly FairGate _aside = new(MaxAside);

    /// <summary>Waits for a place. Dispose the result to leave.</summary>
    public Task<IDisposable> EnterAsync(string share, CancellationToken cancellation) => _places.EnterAsync(share, cancellation);

    /// <summary>Lets a walk wait without its place. Dispose the result when it waits no longer. Null when too many walks do.</summary>
    public IDisposable? TryStepAside(string share) => _aside.TryEnter(share);
}
