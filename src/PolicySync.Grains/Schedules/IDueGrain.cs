namespace PolicySync.Grains.Schedules;

/// <summary>
/// Turns securables that are due into tasks. One for the cluster, so that several silos do not multiply the tasks. The
/// key is the connector instance.
/// </summary>
[Alias("ps.due")]
public interface IDueGrain : IGrainWithStringKey
{
    /// <summary>
    /// Makes tasks of what is due, for a while; true when there was more than that. Each task is durable before what it
    /// was made of is forgotten, so nothing due is lost, and a crash in between makes one task more than needed.
    /// </summary>
    /// <exception cref="Core.Errors.SyncException">The storage does not answer. The rest stays due.</exception>
    [Alias("sweep")]
    Task<bool> SweepAsync();
}
