namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Hands accepted tasks to silos. While few are on their way, their callers wait for the first step, which tells more
/// than that the task exists; under load they do not, so that silos at their limit do not slow acceptance; and beyond a
/// bound tasks are left to the look for open ones. Safe for concurrent use.
/// </summary>
internal sealed class Handover
{
    /// <summary>Callers that wait for a first step at once.</summary>
    private const int MaxWaiting = 16;

    /// <summary>Tasks on their way at once.</summary>
    private const int MaxUnderWay = 2_000;

    private int _underWay;

    /// <summary>What the silo said, or null when nobody waited for it.</summary>
    public async Task<TaskView?> BeginAsync(Func<Task<TaskView?>> begin)
    {
        var before = Interlocked.Increment(ref _underWay) - 1;
        if (before >= MaxUnderWay)
        {
            Interlocked.Decrement(ref _underWay);
            return null;
        }

        var beginning = CountedAsync(begin);
        return before < MaxWaiting ? await beginning : null;
    }

    private async Task<TaskView?> CountedAsync(Func<Task<TaskView?>> begin)
    {
        await Task.Yield(); // whoever does not wait, does not send either
        try
        {
            return await begin();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
