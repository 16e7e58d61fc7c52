using Orleans.Concurrency;

namespace PolicySync.Grains.Schedules;

/// <summary>
/// Turns securables that are due into tasks. One for the cluster, so that several silos do not multiply the tasks. The
/// key is the connector instance.
/// </summary>
[Alias("ps.due")]
public interface IDueGrain : IGrainWithStringKey
{
    /// <summary>
    /// Has tasks made of what is due, and waits a little; true while there is more to do, which goes on without being asked.
    /// Each task is durable before what it was made of is forgotten, so nothing due is lost, and a crash in between makes
    /// one task more than needed.
    /// </summary>
    /// <exception cref="Core.Errors.SyncException">The storage does not answer. The rest stays due.</exception>
    [Alias("sweep"), AlwaysInterleave]
    Task<bool> SweepAsync();
}
