using PolicySync.Core.Auditing;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Auditing;

/// <summary>
/// The changes of one securable that the audit stream has not been given yet. They are stored with the intent of their write, and leave the
/// stored state only with a write after they were told: a crash at any point repeats an event under its id and loses none. One per
/// attempt at a run.
/// </summary>
/// <param name="securable">The securable.</param>
/// <param name="fence">Holds the stored state.</param>
/// <param name="notices">Tells.</param>
/// <param name="verifyTimeout">How long a change may take to show, <c>Sync:VerifyTimeout</c>.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Stops waiting.</param>
internal sealed class AuditTrail(
    Securable securable, WriteFence fence, AuditNotices notices, TimeSpan verifyTimeout, TimeProvider time, CancellationToken stopping)
{
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private IReadOnlyList<AuditChange> _sent = [];
    private IReadOnlyList<AuditChange> _added = [];

    private IReadOnlyList<AuditChange> Untold
    {
        get => AuditChange.Parse(fence.State.Untold);
        set => fence.State.Untold = AuditChange.ToText([.. value]);
    }

    /// <summary>Checks that a change can be reported, before it is sent.</summary>
    public void RequireRoom() => notices.RequireRoom();

    /// <summary>Adds changes to the intent that is opened next. One that repeats a change which is not told yet keeps the id of that.</summary>
    public void Intend(IReadOnlyList<AuditChange> changes)
    {
        if (!notices.IsOn)
        {
            return;
        }

        var untold = Untold;
        _added =
        [
            .. changes.Where(change => !untold.Any(change.Repeats)).Select((change, number) => change with
            {
                Sequence = fence.State.Epoch + 1, Number = number, Writer = fence.Writer,
            }),
        ];
        var again = untold.Where(known => changes.Any(known.Repeats)).Select(known => known with { Writer = fence.Writer, MissingSince = null }).ToList();
        _sent = [.. again, .. _added];
        Untold = [.. untold.Where(known => !changes.Any(known.Repeats)), .. again, .. _added];
    }

    /// <summary>Nothing of the intent was sent, or it was refused.</summary>
    public void Discard()
    {
        if (_added.Count > 0)
        {
            var ids = _added.Select(change => change.Id).ToHashSet(StringComparer.Ordinal);
            Untold = [.. Untold.Where(change => !ids.Contains(change.Id))];
        }

        (_sent, _added) = ([], []);
    }

    /// <summary>The workspace answered that it made the changes.</summary>
    public void Answer()
    {
        _answered.UnionWith(_sent.Select(change => change.Id));
        (_sent, _added) = ([], []);
    }

    /// <summary>Reports the changes that were answered, once a read shows them, or after they were withdrawn.</summary>
    /// <param name="read">That read, of grants; null after statements.</param>
    public async Task TellAnsweredAsync(IReadOnlyList<Assignment>? read)
    {
        if (_answered.Count > 0)
        {
            await TellAsync([.. Untold.Where(change => _answered.Contains(change.Id))], read);
            _answered.Clear();
        }
    }

    /// <summary>
    /// Reports changes of earlier attempts, runs and processes that a read shows. One that no read has shown for
    /// <c>Sync:VerifyTimeout</c> was not made.
    /// </summary>
    /// <param name="plan">The plan, with the reads that it was made from.</param>
    /// <param name="readTableAsync">Reads the table, where the plan has no read of it.</param>
    public async Task SettleAsync(RunPlan plan, Func<Task<TableShape>> readTableAsync)
    {
        if (fence.State.Untold is null || !notices.IsOn)
        {
            return;
        }

        var (now, untold) = (time.GetUtcNow(), Untold);
        var mine = untold.Where(change => change.Type == securable.Type && !(now - change.MissingSince >= verifyTimeout)).ToList();
        var table = mine.Exists(change => !change.IsGrant) ? await readTableAsync() : null;
        var shown = mine.Where(change => change.IsGrant ? change.IsShownBy(plan.Inputs.Facts, plan.Current.Grants) : IsShownBy(change, table!)).ToHashSet();
        await TellAsync([.. mine.Where(shown.Contains)], plan.Current.Grants);
        Untold =
        [
            .. untold.Where(change => !shown.Contains(change) && (change.Type != securable.Type || mine.Contains(change)))
                .Select(change => change.Type == securable.Type ? change with { MissingSince = change.MissingSince ?? now } : change),
        ];
    }

    private async Task TellAsync(IReadOnlyList<AuditChange> changes, IReadOnlyList<Assignment>? read)
    {
        if (changes.Count == 0)
        {
            return;
        }

        await notices.TellAsync(
            [.. changes.Select(change => (change, change.IsGrant && read is not null ? change.AssignmentIn(read)?.PrincipalId : null))], fence.Writer, stopping);
        var told = changes.Select(change => change.Id).ToHashSet(StringComparer.Ordinal);
        Untold = [.. Untold.Where(change => !told.Contains(change.Id))];
    }

    private static bool IsShownBy(AuditChange change, TableShape table)
    {
        var current = change.Column is null ? table.RowFilter
            : table.Columns.FirstOrDefault(column => string.Equals(column.Name, change.Column, StringComparison.OrdinalIgnoreCase))?.Mask;
        return string.Equals(current?.Function, change.After, StringComparison.OrdinalIgnoreCase);
    }
}
