using Orleans.Concurrency;

namespace PolicySync.Grains.Watching;

/// <summary>
/// Has the rounds of the watch for new objects. One grain per connector instance, so one silo at a time. It stores nothing: what it knows of the
/// metastore ends with its activation, and the first round of the next one learns it again.
/// </summary>
[Alias("ps.watch")]
public interface IWatchGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the next round if it is due and the last one has ended, and waits for a short while. A round takes longer than a call; it
    /// continues by itself. Repeating the call changes nothing.
    /// </summary>
    [Alias("tick"), AlwaysInterleave]
    Task TickAsync();
}
