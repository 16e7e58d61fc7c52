using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Reports the calls of a task that writes nothing.</summary>
internal sealed partial class TaskDriver
{
    // Calls that earlier targets of this task would make on shared containers. A writing task makes each of them once, as the next
    // target finds it done. After a restart a call may be reported twice.
    private readonly HashSet<(string Path, string Body)> _planned = [];

    /// <summary>Removes planned calls that an earlier target of the task has reported.</summary>
    private IReadOnlyList<ResourceResult> WithoutRepeatedCalls(IReadOnlyList<ResourceResult> results) =>
        Target.Type.IsContainer() ? results : [.. results.Select(WithoutRepeatedCalls)];

    private ResourceResult WithoutRepeatedCalls(ResourceResult result)
    {
        if (!WritesNothing)
        {
            return result;
        }

        var fresh = new List<PlannedCall>();
        foreach (var call in result.PlannedCalls)
        {
            if (_planned.Add((call.Path, call.Body)))
            {
                fresh.Add(call);
            }
        }

        var repeated = result.PlannedCalls.Count - fresh.Count;
        return repeated == 0 ? result : result with { PlannedCalls = fresh, PlannedCallCount = result.PlannedCallCount - repeated };
    }
}
