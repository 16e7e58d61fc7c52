using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Timing;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Tasks that the service made from due securables. No caller repeats such a task, and its due entries are deleted when it is made,
/// so failed or unreached securables are scheduled again with increasing delay, and suspended ones until they are not.
/// </summary>
internal sealed partial class TaskDriver
{
    private static readonly Backoff Waits = new(TimeSpan.FromMinutes(5), TimeSpan.FromDays(1));

    private bool IsDue => _record.Current.Request.DueAttempt is not null;

    /// <summary>How long after the last look a suspended securable is looked at again.</summary>
    private static readonly TimeSpan WhileSuspended = TimeSpan.FromMinutes(15);

    // A securable without a schedule was synced because a container above it was due. It is not scheduled again.
    private IEnumerable<DueSecurable> DueAgain(Securable securable, RunReply reply) => (_record.Current.Request.DueAttempt, reply) switch
    {
        ({ } attempt, { IsTimed: true, Result.Error.Code: SyncErrorCode.Suspended }) =>
            [DueSecurable.At(securable, _services.Time.GetUtcNow() + WhileSuspended, attempt)],
        (not null, { IsTimed: true, Result: { Status: ResourceStatus.Failed } or { Error.Code: SyncErrorCode.Cancelled } }) => AfterFailure([securable]),
        _ => [],
    };

    /// <summary>The targets that were not reached because the task ended as a whole.</summary>
    private IReadOnlyList<DueSecurable> RemainingTargets() => AfterFailure(_plan.Targets.Skip(Cursor.Target).Select(target => target.Securable));

    private IReadOnlyList<DueSecurable> AfterFailure(IEnumerable<Securable> securables) => _record.Current.Request.DueAttempt is not { } attempt ? []
        : [.. securables.Select(securable => DueSecurable.At(securable, _services.Time.GetUtcNow() + Waits.After(attempt), Math.Min(attempt + 1, 99)))];

    private async Task RescheduleAsync(IReadOnlyList<DueSecurable> due)
    {
        if (due.Count > 0)
        {
            await _record.PersistAsync(() => _services.Due.AddAsync(due, _stopping));
        }
    }
}
