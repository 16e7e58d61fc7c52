using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Timing;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Tasks that the service made by itself. Nobody would repeat one that fails, and what was due is forgotten with it: so
/// what fails in it, or is not come to, is due again, ever later.
/// </summary>
internal sealed partial class TaskDriver
{
    private static readonly Backoff Waits = new(TimeSpan.FromMinutes(5), TimeSpan.FromDays(1));

    private bool IsDue => _record.Current.Request.DueAttempt is not null;

    // One that no schedule concerns was synced for being below a container that is due, and has nothing to come again for.
    private static IEnumerable<Securable> FailedOf(Securable securable, RunReply reply) =>
        reply is { IsTimed: true, Result.Status: ResourceStatus.Failed } ? [securable] : [];

    /// <summary>Targets that a task did not come to because something ended it as a whole.</summary>
    private IReadOnlyList<Securable> LeftUndone() => [.. _plan.Targets.Skip(Cursor.Target).Select(target => target.Securable)];

    private async Task ComeAgainAsync(IReadOnlyList<Securable> securables)
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
