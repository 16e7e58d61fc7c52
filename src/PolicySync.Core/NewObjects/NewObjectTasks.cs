using PolicySync.Core.Options;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.NewObjects;

/// <summary>Divides what a round found into tasks. Pure.</summary>
public static class NewObjectTasks
{
    /// <summary>Most resources of one task (specification §1).</summary>
    public const int MaxResources = 1_000;

    /// <summary>
    /// The resources of each task: containers together, as their tasks are long, then tables. A table in a container that is named is left out,
    /// as the container's task syncs it. What has no place is left for the next round.
    /// </summary>
    /// <param name="containers">Catalogs and schemas.</param>
    /// <param name="leaves">Tables.</param>
    /// <param name="maxTasks">Most tasks.</param>
    public static IReadOnlyList<IReadOnlyList<Securable>> Divide(IEnumerable<Securable> containers, IEnumerable<Securable> leaves, int maxTasks)
    {
        var above = containers.Distinct().ToList();
        var named = above.ToHashSet();
        return [.. above.Chunk(MaxResources).Concat(leaves.Distinct().Where(leaf => !IsNamed(named, leaf)).Chunk(MaxResources)).Take(maxTasks)];
    }

    /// <summary>Whether a securable, or a container above it, is named.</summary>
    public static bool IsNamed(IReadOnlySet<Securable> named, Securable one) => named.Contains(one) || one.Parents.Any(named.Contains);

    /// <summary>The request of a task.</summary>
    public static SyncRequest Request(IReadOnlyList<Securable> resources) => new()
    {
        Type = TaskTypes.ResourceSync,
        Resources = [.. resources.Select(RequestedResource.Of)],
        Origin = TaskOrigins.Watch,
        Event = new SyncEvent { Source = WatchOptions.EventSource },
    };
}
