namespace PolicySync.Core.Tasks;

/// <summary>Counts of a task's securables. None of them falls while a process drives the task.</summary>
public sealed record TaskProgress
{
    /// <summary>Nothing met yet.</summary>
    public static TaskProgress None { get; } = new();

    /// <summary>Known so far, the ended ones included: requested ones, and what listings of containers have shown.</summary>
    public long Discovered { get; init; }

    /// <summary>All of them; null until every container of the task has been listed to its end.</summary>
    public long? Total { get; init; }

    /// <summary>Ended, however.</summary>
    public long Done { get; init; }

    /// <summary>Ended with at least one change.</summary>
    public long Changed { get; init; }

    /// <summary>Failed.</summary>
    public long Failed { get; init; }

    /// <summary>Skipped.</summary>
    public long Skipped { get; init; }

    /// <summary>Gaps of all of them.</summary>
    public long Gaps { get; init; }

    /// <summary>Securables that a VERIFY task or a dry run found to differ from policy.</summary>
    public long Drifted { get; init; }

    /// <summary>The progress of a task that has met everything that it had to.</summary>
    public TaskProgress Complete() => this with { Discovered = Done, Total = Done };

    /// <summary>
    /// How long the rest takes at the rate so far; null before the first securable has ended, while <see cref="Total"/> is not
    /// known, and at the end.
    /// </summary>
    /// <param name="elapsed">The time since work on the task began.</param>
    public TimeSpan? TimeLeft(TimeSpan elapsed) =>
        Total is { } total && Done > 0 && total > Done && elapsed > TimeSpan.Zero ? elapsed / Done * (total - Done) : null;
}
