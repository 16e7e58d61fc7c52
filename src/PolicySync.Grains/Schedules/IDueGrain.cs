using Orleans.Concurrency;

namespace PolicySync.Grains.Schedules;

/// <summary>
/// Turns due securables into tasks. There is one such grain in the cluster, so that several silos do not multiply the tasks. Its
/// key is the connector instance.
/// </summary>
[Alias("ps.due")]
public interface IDueGrain : IGrainWithStringKey
{
    /// <summary>
    /// Makes tasks for everything that is due and waits for a short while. True while more is to do; the sweep then continues by
    /// itself. A task is stored before its due entries are deleted, so no entry is lost, and a crash in between makes one
    /// redundant task.
    /// </summary>
    /// <exception cref="Core.Errors.SyncException">The storage does not answer; the rest stays due.</exception>
    [Alias("sweep"), AlwaysInterleave]
    Task<bool> SweepAsync();
}
