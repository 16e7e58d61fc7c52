using PolicySync.Grains.Fairness;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Hands accepted tasks to silos. While few are on their way, their callers wait for the first step, which tells more
/// than that the task exists; under load they do not, so that silos at their limit do not slow acceptance; and beyond a
/// bound, which shares have in common, tasks are left to the look for open ones. Safe for concurrent use.
/// </summary>
internal sealed class Handover
{
    /// <summary>Callers that wait for a first step at once.</summary>
    private const int MaxWaiting = 16;

    /// <summary>Tasks on their way at once.</summary>
    private const int MaxUnderWay = 2_000;

    private readonly Lock _gate = new();
    private readonly Shares _places = new(MaxUnderWay);

    /// <summary>What the silo said, or null when nobody waited for it.</summary>
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
        await Task.Yield(); // whoever does not wait, does not send either
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
