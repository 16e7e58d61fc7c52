using PolicySync.Core.Errors;

namespace PolicySync.Core.Tasks;

/// <summary>One failed securable, as the task shows it.</summary>
/// <param name="Type">The type of the securable.</param>
/// <param name="FullName">The full name of the securable.</param>
/// <param name="Code">Why it failed.</param>
/// <param name="Message">Why it failed, for people, with the remedy.</param>
public sealed record TaskFailure(string Type, string FullName, SyncErrorCode Code, string Message);

/// <summary>A request to cancel a task.</summary>
/// <param name="By">The subject of the token with which it was made; null when that has none.</param>
/// <param name="Time">When the process that drives the task got it.</param>
/// <param name="InWork">
/// The securables that were in work then, as <see cref="Securables.Securable.ToString"/> gives them. A process that takes the task over
/// brings them to their end.
/// </param>
public sealed record TaskCancel(string? By, DateTimeOffset Time, IReadOnlyList<string> InWork);

/// <summary>A task as the store holds it. Immutable; a change is a new value.</summary>
public sealed record SyncTask
{
    /// <summary>Failures that a task lists itself; the others are among its resources.</summary>
    public const int MaxFailures = 10;

    /// <summary>The id given by the store.</summary>
    public required TaskId Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required SyncRequest Request { get; init; }

    /// <summary>Its status.</summary>
    public SyncTaskStatus Status { get; init; } = SyncTaskStatus.New;

    /// <summary>How it ended; null while it runs.</summary>
    public SyncTaskOutcome? Outcome { get; init; }

    /// <summary>For people.</summary>
    public string Message { get; init; } = TaskMessages.Created;

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>When work on it began.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The lowest policy version used; null when none was.</summary>
    public long? PolicyVersion { get; init; }

    /// <summary>True when a run used cached policies because the source did not answer (<c>Policies:AllowStale</c>).</summary>
    public bool StalePolicies { get; init; }

    /// <summary>Counts.</summary>
    public TaskProgress Progress { get; init; } = TaskProgress.None;

    /// <summary>The request to cancel it; null without one. A task that has ended may have one that came too late.</summary>
    public TaskCancel? Cancel { get; init; }

    /// <summary>The latest task that repeats what failed in this one; null when there is none.</summary>
    public TaskId? RetriedBy { get; init; }

    /// <summary>Securables with a gap of direction <see cref="GapDirection.Exposed"/>: access exceeds policy there.</summary>
    public long Exposed { get; init; }

    /// <summary>The first <see cref="MaxFailures"/> failures.</summary>
    public IReadOnlyList<TaskFailure> Failures { get; init; } = [];

    /// <summary>
    /// The position of a walk, in the walker's own form; null before the first step. Work resumes after it, so a window
    /// may run twice but is never missed.
    /// </summary>
    public string? Cursor { get; init; }

    /// <summary>
    /// Which of its stored states this is, in the store's own form; null for a task not saved since it was
    /// accepted. It lets a store distinguish an owner from one that was replaced.
    /// </summary>
    public string? Version { get; init; }
}
