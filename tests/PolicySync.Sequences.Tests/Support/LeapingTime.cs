using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>
/// A clock that moves when somebody waits: a pause is over at once, and it is so much later. Limits that others set on a
/// wait never strike, as nothing here takes time, and nobody looks now and again whether others go on.
/// </summary>
internal sealed class LeapingTime : TimeProvider
{
    private long _ticks;
    private long _origin;
    private DateTimeOffset _start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Begins a history of its own: the time of day is set, while time that passed stays passed.</summary>
    public void Begin(DateTimeOffset start) => (_start, _origin) = (start, Interlocked.Read(ref _ticks));

    public void Leap(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(Interlocked.Read(ref _ticks) - _origin);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    // What waits for its time says so by its kind; everything else is a limit.
    private static bool IsPause(object? state) =>
        state is RequestBudget || state?.GetType().Name.StartsWith("DelayPromise", StringComparison.Ordinal) == true;

    private sealed class Timer(LeapingTime time, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime >= TimeSpan.Zero && dueTime != TaskDriver.BetweenChecks && IsPause(state))
            {
                time.Leap(dueTime);
                ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: true);
            }

            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Fire() => callback(state);
    }
}
