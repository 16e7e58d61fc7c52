using PolicySync.Grains.Fairness;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Hands accepted tasks to silos. While few are on their way, callers wait for the first step, which tells more than that the task
/// exists. Under load they do not wait, so that busy silos do not slow acceptance. Beyond a bound, which the shares divide among
/// them, tasks are left to the scan for open tasks. Safe for concurrent use.
/// </summary>
internal sealed class Handover
{
    /// <summary>Most callers that wait for a first step at once.</summary>
    private const int MaxWaiting = 16;

    /// <summary>Most tasks on their way at once.</summary>
    private const int MaxUnderWay = 2_000;

    private readonly Lock _gate = new();
    private readonly Shares _places = new(MaxUnderWay);

    /// <summary>Hands a task over. Returns the answer of the silo; null when it is not waited for.</summary>
    public async Task<TaskView?> BeginAsync(string share, Func<Task<TaskView?>> begin)
    {
        bool isAwaited;
        lock (_gate)
        {
            if (!_places.HasRoom(share))
            {
                return null;
            }

            isAwaited = MaxUnderWay - _places.Free < MaxWaiting;
            _places.Take(share);
        }

        var beginning = CountedAsync(share, begin);
        return isAwaited ? await beginning : null;
    }

    private async Task<TaskView?> CountedAsync(string share, Func<Task<TaskView?>> begin)
    {
        await Task.Yield(); // a caller that does not wait does not send the call either
        try
        {
            return await begin();
        }
        finally
        {
            lock (_gate)
            {
                _places.Return(share);
            }
        }
    }
}
