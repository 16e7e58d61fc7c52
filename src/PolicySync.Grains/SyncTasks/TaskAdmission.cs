using PolicySync.Core;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Bounds how many tasks a silo drives at once: a task at work is some 20 KB that live as long as it does, and what
/// collecting the garbage around thousands of them takes is more than the work itself. Tasks that may take hours have room of
/// their own, so that a single table never waits for a thousand walks. Safe for concurrent use.
/// </summary>
internal sealed class TaskAdmission(GrainSettings settings, GrainMetrics metrics) : IDisposable
{
    /// <summary>More resources than this make a task a long one, as a container does.</summary>
    public const int MostOfShort = 16;

    private static readonly HashSet<string> Containers =
        [.. Enum.GetValues<SecurableType>().Where(type => type.IsContainer()).Select(WireNames.Of)];

    /// <summary>For tasks on a few securables; and for tasks that nobody has read yet.</summary>
    public TaskPool Short { get; } = new(settings.MaxDrivenTasks);

    /// <summary>For walks through containers and for tasks on many securables.</summary>
    public TaskPool Long { get; } = new(settings.MaxDrivenTasks);

    /// <summary>True for a task that this silo drives, or that waits here.</summary>
    public bool Has(TaskId id) => Short.Has(id) || Long.Has(id);

    /// <summary>Where a task asks for room: where it is its turn, else by what it is.</summary>
    public TaskPool PoolFor(TaskId id, SyncTask? task) =>
        Long.IsCurrent(id) || (task is not null && IsLong(task.Request)) ? Long : Short;

    /// <summary>False when there was no room: the task stands in line now. See <see cref="TaskPool.TryEnter"/>.</summary>
    public bool EnterOrWait(TaskPool pool, TaskId id, string share, AcceptedTask? accepted)
    {
        if (!pool.TryEnter(id, share))
        {
            pool.Wait(id, share, accepted);
            return false;
        }

        metrics.RecordTaskStart();
        return true;
    }

    /// <summary>See <see cref="TaskPool.Leave"/>.</summary>
    public void Leave(TaskPool pool, TaskId id)
    {
        pool.Leave(id);
        metrics.RecordTaskLeft();
    }

    public void Dispose()
    {
        Short.Dispose();
        Long.Dispose();
    }

    private static bool IsLong(SyncRequest request) =>
        request.Resources.Count > MostOfShort || request.Resources.Any(resource => Containers.Contains(resource.Type));
}
