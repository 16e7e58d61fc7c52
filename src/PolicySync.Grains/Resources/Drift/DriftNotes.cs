using Microsoft.Extensions.Logging;
using Orleans.Storage;
using PolicySync.Core.Drift;
using PolicySync.Core.Errors;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Resources.Drift;

/// <summary>What a run found of differences.</summary>
/// <param name="Found">The differences that it found and left.</param>
/// <param name="LeavesUse">On a container: USE that a later run of the same task is to revoke, and that this one says nothing about.</param>
internal sealed record DriftFinding(IReadOnlyList<Difference> Found, bool LeavesUse);

/// <summary>
/// Records what verifications and dry runs find, and deletes what syncs have removed (docs/drift.md). The state of the securable has a
/// flag that is written before the row and cleared after the row is deleted: a run without the flag and without news does nothing, and
/// after a crash between two steps the flag is set. Safe for concurrent use.
/// </summary>
internal sealed partial class DriftNotes(IDriftStore store, TimeProvider time, ILogger<DriftNotes> logger)
{
    /// <summary>Writers of a row are its grain and, rarely, a caller that accepts a difference.</summary>
    private const int MaxTries = 10;

    /// <summary>
    /// Whether a run says what differs on its securable now. The runs of containers say what differs in USE there; a dry run for a plan may
    /// have other policies.
    /// </summary>
    public static bool Concerns(Run run) => run is { Scope: RunScope.Full or RunScope.AfterChildren, Candidate: null };

    /// <summary>Records the findings of a run that wrote nothing.</summary>
    /// <returns>Keys of the differences that are accepted.</returns>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: they are not recorded.</exception>
    public Task<IReadOnlySet<string>> RecordAsync(Run run, WriteFence fence, DriftFinding finding, CancellationToken stopping) =>
        NoteAsync(run, fence, finding, adds: true, static entry => entry, stopping);

    /// <summary>Deletes what a sync has removed. What cannot be deleted is deleted by a later run.</summary>
    public async Task DeleteRemovedAsync(Run run, WriteFence fence, DriftFinding finding, CancellationToken stopping)
    {
        try
        {
            await NoteAsync(run, fence, finding, adds: false, static entry => entry, stopping);
        }
        catch (SyncException e)
        {
            LogNotDeleted(e, run.Securable.ToString());
        }
    }

    /// <summary>Records the findings of a run that adopted a grant, with who did it.</summary>
    public async Task RecordAdoptionAsync(Run run, WriteFence fence, DriftFinding finding, Difference adopted, string? by, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var revoke = adopted with { Kind = DriftKind.Drift, Action = ChangeAction.Revoke };
        try
        {
            await NoteAsync(run, fence, finding, adds: true,
                entry => entry.Difference.Key == revoke.Key ? entry with { AdoptedBy = by, AdoptTime = now } : entry, stopping);
        }
        catch (SyncException e)
        {
            LogNotDeleted(e, run.Securable.ToString());
        }
    }

    /// <summary>Adds what an export had of a securable's differences.</summary>
    /// <returns>False when nothing of it was missing.</returns>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: it is not stored.</exception>
    public async Task<bool> RestoreAsync(
        Securable securable, WriteFence fence, IReadOnlyList<DriftEntry> entries, bool dryRun, CancellationToken stopping)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var before = await store.FindAsync(DriftId.KeyOf(securable), stopping) ?? DriftRecord.NoneOf(securable);
            var after = before.WithMissing(entries);
            var isFlagged = fence.State.MayHaveDrift || after.Entries.Count == 0;
            if (ReferenceEquals(after, before) && isFlagged)
            {
                return false;
            }

            if (!isFlagged && !dryRun)
            {
                await fence.FlagDriftAsync(true);
            }

            if (dryRun || ReferenceEquals(after, before) || await store.SetAsync(after, stopping))
            {
                return true;
            }
        }

        throw ChangedByOthers(securable);
    }

    private async Task<IReadOnlySet<string>> NoteAsync(
        Run run, WriteFence fence, DriftFinding finding, bool adds, Func<DriftEntry, DriftEntry> mark, CancellationToken stopping)
    {
        if (!fence.State.MayHaveDrift)
        {
            if (!adds || finding.Found.Count == 0)
            {
                return new HashSet<string>();
            }

            await fence.FlagDriftAsync(true);
        }

        var now = time.GetUtcNow();
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var before = await store.FindAsync(DriftId.KeyOf(run.Securable), stopping) ?? DriftRecord.NoneOf(run.Securable);
            var after = before.After(finding.Found, difference => Sees(run, finding, difference), adds, now);
            after = ReferenceEquals(after, before) ? before : after with { Entries = [.. after.Entries.Select(mark)] };
            if (after.Entries.Count == 0 ? before.Version is null || await store.RemoveAsync(before, stopping)
                : ReferenceEquals(after, before) || await store.SetAsync(after, stopping))
            {
                if (after.Entries.Count == 0 && !SharesGrain(run.Securable))
                {
                    await fence.FlagDriftAsync(false);
                }

                return after.IgnoredAt(now);
            }
        }

        throw ChangedByOthers(run.Securable);
    }

    private static SyncException ChangedByOthers(Securable securable) =>
        new(SyncErrorCode.Unavailable, $"the differences of {securable} were changed by others at the same time");

    // A container's own run says nothing about USE that is to be revoked after its children, unless there is none.
    private static bool Sees(Run run, DriftFinding finding, Difference difference)
    {
        var isUseRevoke = run.IsContainer && difference is { Kind: DriftKind.Drift, Action: ChangeAction.Revoke, Privilege: { } privilege } && Privilege.IsUse(privilege);
        return run.Scope == RunScope.AfterChildren ? isUseRevoke : !(isUseRevoke && finding.LeavesUse);
    }

    // A function and a model of one name share a state, and each has a row.
    private static bool SharesGrain(Securable securable) => securable.Type is SecurableType.Function or SecurableType.Model;

    [LoggerMessage(47, LogLevel.Warning, "Could not update the recorded differences of {Securable}; a later run will")]
    private partial void LogNotDeleted(Exception exception, string securable);
}
