using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Bounds how many tasks a silo drives at once, so that its memory does not grow with a backlog: what comes beyond is
/// durable, stays in the store, and is begun by a later look for open tasks. Safe for concurrent use.
/// </summary>
internal sealed class TaskAdmission(GrainSettings settings, GrainMetrics metrics)
{
    private int _driven;

    /// <summary>False when the silo takes no more.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _driven) <= settings.MaxDrivenTasks)
        {
            metrics.TaskTaken();
            return true;
        }

        Interlocked.Decrement(ref _driven);
        return false;
    }

    /// <summary>Ends what <see cref="TryEnter"/> began.</summary>
    public void Leave()
    {
        Interlocked.Decrement(ref _driven);
        metrics.TaskLeft();
    }
}
