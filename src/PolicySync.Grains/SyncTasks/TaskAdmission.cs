using PolicySync.Core;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Bounds how many tasks a silo drives at once. A running task holds about 20 KB, and with thousands of them garbage collection costs
/// more than the work. Long tasks have room of their own, so that a single table never waits for a thousand walks. Safe for
/// concurrent use.
/// </summary>
internal sealed class TaskAdmission : IDisposable
{
    /// <summary>Most resources of a short task. More resources, or a container, make a task long.</summary>
    public const int MaxResourcesOfShort = 16;

    private static readonly HashSet<string> Containers =
        [.. Enum.GetValues<SecurableType>().Where(type => type.IsContainer()).Select(WireNames.Of)];

    private readonly GrainMetrics _metrics;

    public TaskAdmission(GrainSettings settings, GrainMetrics metrics)
    {
        _metrics = metrics;
        (Short, Long) = (new TaskPool(settings.MaxDrivenTasks), new TaskPool(settings.MaxDrivenTasks));
        metrics.WatchLines(() => Short.Waiting, () => Long.Waiting);
    }

    /// <summary>Room for short tasks, and for tasks that were not read yet.</summary>
    public TaskPool Short { get; }

    /// <summary>Room for long tasks: walks through containers, and tasks on many securables.</summary>
    public TaskPool Long { get; }

    /// <summary>Whether this silo drives the task or has it in line.</summary>
    public bool Has(TaskId id) => Short.Has(id) || Long.Has(id);

    /// <summary>The pool of a task: the one in which it has its turn, otherwise the one for its length.</summary>
    public TaskPool PoolFor(TaskId id, SyncTask? task) =>
        Long.IsCurrent(id) || (task is not null && IsLong(task.Request)) ? Long : Short;

    /// <summary>Enters the pool, or joins its line and returns false. See <see cref="TaskPool.TryEnter"/>.</summary>
    public bool EnterOrEnqueue(TaskPool pool, TaskId id, string share, AcceptedTask? accepted)
    {
        if (!pool.TryEnter(id, share))
        {
            pool.Enqueue(id, share, accepted);
            return false;
        }

        _metrics.RecordTaskStart();
        return true;
    }

    /// <summary>See <see cref="TaskPool.Leave"/>.</summary>
    public void Leave(TaskPool pool, TaskId id)
    {
        pool.Leave(id);
        _metrics.RecordTaskLeft();
    }

    public void Dispose()
    {
        Short.Dispose();
        Long.Dispose();
    }

    private static bool IsLong(SyncRequest request) =>
        request.Resources.Count > MaxResourcesOfShort || request.Resources.Any(resource => !resource.SelfOnly && Containers.Contains(resource.Type));
}
