using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Workspaces;

namespace PolicySync.Grains.Watching;

/// <summary>
/// Keeps the calls of the watch within a quarter of the workspace's budget, one at a time, and tells when callers' tasks wait. Not safe for
/// concurrent use.
/// </summary>
/// <param name="ask">Tells how the budget is used.</param>
/// <param name="options">The budget.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchBudget(Func<Task<BudgetUse>> ask, WorkspaceOptions options, TimeProvider time)
{
    /// <summary>The part of the budget that the watch may use.</summary>
    public const double Part = 0.25;

    private static readonly CallFlow Flow = new(0, IsBulk: true, TaskShare.OfOrigin(TaskOrigins.Watch));

    private double _allowed = options.RequestsPerSecond;
    private long? _last;
    private TimeSpan _pause;

    /// <summary>Calls so far, repetitions included.</summary>
    public long Calls { get; private set; }

    /// <summary>Makes a call when the part has room for it.</summary>
    public async Task<T> CallAsync<T>(Func<CallMeter, Task<T>> call, CancellationToken stopping)
    {
        if (_last is { } last && _pause - time.GetElapsedTime(last) is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait, time, stopping);
        }

        var meter = new CallMeter(Flow);
        _last = time.GetTimestamp();
        try
        {
            return await call(meter);
        }
        finally
        {
            var calls = Math.Max(1, meter.Calls);
            Calls += calls;
            _pause = TimeSpan.FromSeconds(calls / (_allowed * Part));
        }
    }

    /// <summary>Whether more calls of callers' tasks wait than the workspace takes in a second. False when that cannot be found out.</summary>
    public async Task<bool> AreCallersWaitingAsync()
    {
        try
        {
            var use = await ask();
            _allowed = use.Allowed > 0 ? use.Allowed : options.RequestsPerSecond;
            return use.CallersWaiting > _allowed;
        }
        catch (Exception e) when (GrainCalls.IsUnreachable(e, CancellationToken.None))
        {
            return false;
        }
    }
}
