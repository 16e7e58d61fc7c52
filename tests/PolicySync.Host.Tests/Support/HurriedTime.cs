using PolicySync.Host.Api.Suspensions;

namespace PolicySync.Host.Tests.Support;

/// <summary>The clock of the machine, on which the wait for a suspension to take effect is over at once.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == SuspensionEndpoints.TakesEffectIn ? TimeSpan.Zero : dueTime, period);
}
