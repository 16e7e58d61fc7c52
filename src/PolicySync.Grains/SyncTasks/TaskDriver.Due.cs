using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Timing;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Tasks that the service made from due securables. No caller repeats such a task, and its due entries are deleted when it is made,
/// so failed or unreached securables are scheduled again with increasing delay.
/// </summary>
internal sealed partial class TaskDriver
{
    private static readonly Backoff Waits = new(TimeSpan.FromMinutes(5), TimeSpan.FromDays(1));

    private bool IsDue => _record.Current.Request.DueAttempt is not null;

    // A securable without a schedule was synced because a container above it was due. It is not scheduled again.
    private static IEnumerable<Securable> DueAgain(Securable securable, RunReply reply) =>
        reply is { IsTimed: true, Result: { Status: ResourceStatus.Failed } or { Error.Code: SyncErrorCode.Cancelled } } ? [securable] : [];

    /// <summary>The targets that were not reached because the task ended as a whole.</summary>
    private IReadOnlyList<Securable> RemainingTargets() => [.. _plan.Targets.Skip(Cursor.Target).Select(target => target.Securable)];

    private async Task RescheduleAsync(IReadOnlyList<Securable> securables)
    {
        if (_record.Current.Request.DueAttempt is not { } attempt || securables.Count == 0)
        {
            return;
        }

        var due = _services.Time.GetUtcNow() + Waits.After(attempt);
        await _record.PersistAsync(() => _services.Due.AddAsync(
            [.. securables.Select(securable => DueSecurable.At(securable, due, Math.Min(attempt + 1, 99)))], _stopping));
    }
}
