using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>Makes the tasks of a change, as many at once as <see cref="PolicyWatchOptions.MaxOpenTasks"/> says.</summary>
internal sealed class WatchTasks(TaskGateway tasks, ITaskStore store, IOptions<PoliciesOptions> options, TimeProvider time)
{
    /// <summary>Most resources of one task (specification §1).</summary>
    private const int MaxResources = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private PolicyWatchOptions Options => options.Value.Watch;

    /// <summary>Makes them, and returns when the last one is durable.</summary>
    /// <param name="resources">What they name.</param>
    /// <param name="change">The <c>event.id</c>: the change that they are for.</param>
    /// <param name="made">Called with each task.</param>
    /// <param name="cancellation">Stops before the next task.</param>
    /// <exception cref="Core.Errors.SyncException">The storage does not answer.</exception>
    public async Task MakeAsync(IReadOnlyList<RequestedResource> resources, string change, Action<SyncTask> made, CancellationToken cancellation)
    {
        var open = new List<TaskId>();
        foreach (var chunk in Parts(resources))
        {
            await WaitForRoomAsync(open, cancellation);
            var task = await tasks.SubmitAsync(Request(chunk, change), CancellationToken.None);
            open.Add(task.Id);
            made(task);
        }
    }

    // Whole catalogs get a task each, so that each reports its end by itself.
    private static IEnumerable<IReadOnlyList<RequestedResource>> Parts(IReadOnlyList<RequestedResource> resources)
    {
        var isCatalog = resources.ToLookup(static resource => resource is { SecurableType: Core.Securables.SecurableType.Catalog, SelfOnly: false });
        return isCatalog[false].Chunk(MaxResources).Concat(isCatalog[true].Chunk(1));
    }

    private async Task WaitForRoomAsync(List<TaskId> open, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (open.Count < Options.MaxOpenTasks)
            {
                return;
            }

            foreach (var id in open.ToList())
            {
                if (await store.FindAsync(id, cancellation) is not { } task || task.Status.IsTerminal())
                {
                    open.Remove(id);
                }
            }

            if (open.Count >= Options.MaxOpenTasks)
            {
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    private SyncRequest Request(IReadOnlyList<RequestedResource> resources, string change) => new()
    {
        Type = Options.Mode == PolicyWatchMode.Sync ? TaskTypes.ResourceSync : TaskTypes.Verify,
        Resources = resources,
        Origin = TaskOrigins.PolicyWatch,
        Event = new SyncEvent { Source = PolicyWatchOptions.EventSource, Id = change },
    };
}
