using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;

namespace PolicySync.Grains.Suspensions;

/// <summary>
/// The suspensions as this silo knows them, at most <see cref="ISuspensions.MaxAge"/> old. They are read when a run needs them, once
/// for all runs that wait. Safe for concurrent use.
/// </summary>
internal sealed class SuspensionWatch(ISuspensions store, TimeProvider time)
{
    /// <summary>Reads that may be too slow to be of use before a run fails. It is repeated like after other faults of the storage.</summary>
    private const int MaxReads = 3;

    private readonly Lock _gate = new();
    private (SuspensionList List, long Since)? _known;
    private Task? _reading;

    /// <summary>The suspension that covers <paramref name="securable"/> now; null when none does.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: that is not known, since the storage does not answer.</exception>
    public async ValueTask<Suspension?> FindAsync(Securable securable, CancellationToken cancellation) =>
        (Fresh() ?? await ReadAsync(cancellation)).Find(securable, time.GetUtcNow());

    /// <summary>Returns when something may be written on <paramref name="securable"/>. A write must begin at once.</summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Suspended"/>; or <see cref="SyncErrorCode.Unavailable"/>, as above.
    /// </exception>
    public async ValueTask RequireNoneAsync(Securable securable, CancellationToken cancellation)
    {
        if (await FindAsync(securable, cancellation) is { } suspension)
        {
            throw suspension.Refusal(securable);
        }
    }

    // What was stored before a read began is in what it returns, so the age counts from the beginning.
    private SuspensionList? Fresh()
    {
        lock (_gate)
        {
            return _known is { } known && time.GetElapsedTime(known.Since) <= ISuspensions.MaxAge ? known.List : null;
        }
    }

    private async Task<SuspensionList> ReadAsync(CancellationToken cancellation)
    {
        for (var reads = 0; reads < MaxReads; reads++)
        {
            await Join().WaitAsync(cancellation);
            if (Fresh() is { } list)
            {
                return list;
            }
        }

        throw new SyncException(SyncErrorCode.Unavailable, "the service's storage is too slow to say what is suspended");
    }

    private Task Join()
    {
        lock (_gate)
        {
            if (_reading is not { IsCompleted: false } reading)
            {
                var since = time.GetTimestamp();
                _reading = reading = Task.Run(() => ReadAsync(since)); // off the caller's scheduler, as it serves other callers too
            }

            return reading;
        }
    }

    // Shared, so no caller cancels it: the storage has a limit of its own.
    private async Task ReadAsync(long since)
    {
        try
        {
            var list = new SuspensionList(await store.ReadAsync(CancellationToken.None));
            lock (_gate)
            {
                _known = (list, since);
            }
        }
        catch (Exception e) when (e is not SyncException)
        {
            throw new SyncException(SyncErrorCode.Unavailable, "the stored suspensions cannot be read", e);
        }
    }
}
