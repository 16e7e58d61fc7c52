using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Knows how many securables of a task have been met, the ended ones included, and their total once every container has been listed to
/// its end. Neither number falls, and the total never changes.
/// </summary>
internal sealed class TaskDiscovery
{
    private readonly int _skipped;

    // Whether each target gets a result of its own, and whether a container to walk is among it and those after it.
    private readonly IReadOnlyList<bool> _counts;
    private readonly IReadOnlyList<bool> _isWalkAhead;

    // What Done will be when everything that is in hand has ended.
    private long _expected;
    private int _inHand;
    private long _most;
    private long? _total;

    /// <summary>Creates it for a task as it was stored.</summary>
    public TaskDiscovery(TaskPlan plan, Managed managed, TaskProgress stored, WalkCursor cursor)
    {
        _skipped = plan.Skipped.Count;
        _counts = [.. plan.Targets.Select(target => managed.Covers(target.Securable))];
        _isWalkAhead = [.. plan.Targets.Select((_, n) => plan.Targets.Skip(n).Any(target => target.IsWalk))];
        (_expected, _most, _total) = (stored.Done, stored.Discovered, stored.Total);
        SettleTotal(stored, cursor);
    }

    /// <summary>Notes that work on the next targets begins.</summary>
    /// <param name="progress">The recorded counts.</param>
    /// <param name="count">How many targets.</param>
    /// <param name="cursor">The cursor, at the first of them.</param>
    public void BeginTargets(TaskProgress progress, int count, WalkCursor cursor)
    {
        (_inHand, _expected) = (count, progress.Done + _counts.Skip(cursor.Target).Take(count).Count(counts => counts));
        SettleTotal(progress, cursor);
    }

    /// <summary>Notes a listed page, or a listed container whose own run begins.</summary>
    /// <param name="progress">The recorded counts.</param>
    /// <param name="count">How many securables will be synced.</param>
    /// <param name="isLast">Whether nothing is left to list in the target.</param>
    /// <param name="cursor">The cursor.</param>
    public void Listed(TaskProgress progress, int count, bool isLast, WalkCursor cursor)
    {
        _expected = progress.Done + count;
        if (isLast && !IsWalkAhead(cursor.Target + 1))
        {
            _total ??= Known(progress, cursor);
        }
    }

    /// <summary>The progress with what is known.</summary>
    public TaskProgress Over(TaskProgress progress, WalkCursor cursor)
    {
        _most = Math.Max(_most, Math.Max(progress.Done, _total ?? Known(progress, cursor)));
        return progress with { Discovered = _most, Total = _total };
    }

    private bool IsWalkAhead(int target) => target < _isWalkAhead.Count && _isWalkAhead[target];

    private void SettleTotal(TaskProgress progress, WalkCursor cursor)
    {
        if (!IsWalkAhead(cursor.Target))
        {
            _total ??= Known(progress, cursor);
        }
    }

    private long Known(TaskProgress progress, WalkCursor cursor) =>
        Math.Max(progress.Done, _expected) + _counts.Skip(cursor.Target + _inHand).Count(counts => counts) + Math.Max(0, _skipped - cursor.NextResult); // their results are the first
}
