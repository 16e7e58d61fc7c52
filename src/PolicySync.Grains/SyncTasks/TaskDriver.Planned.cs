using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>What a task that writes nothing tells of the calls that a writing one would make.</summary>
internal sealed partial class TaskDriver
{
    // Calls on containers that targets of this task would make. A writing task makes each of them once: whoever comes
    // second finds it done. After a restart some may be told twice; done twice, they do nothing.
    private readonly HashSet<(string Path, string Body)> _told = [];

    /// <summary>The results without planned calls that an earlier target of the task has told of.</summary>
    private IReadOnlyList<ResourceResult> ToldOnce(IReadOnlyList<ResourceResult> results) =>
        Target.Type.IsContainer() ? results : [.. results.Select(ToldOnce)];

    private ResourceResult ToldOnce(ResourceResult result)
    {
        if (!WritesNothing)
        {
            return result;
        }

        var fresh = new List<PlannedCall>();
        foreach (var call in result.PlannedCalls)
        {
            if (_told.Add((call.Path, call.Body)))
            {
                fresh.Add(call);
            }
        }

        var repeated = result.PlannedCalls.Count - fresh.Count;
        return repeated == 0 ? result : result with { PlannedCalls = fresh, PlannedCallCount = result.PlannedCallCount - repeated };
    }
}
