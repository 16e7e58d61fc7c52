using System.Globalization;
using PolicySync.Core.Errors;

namespace PolicySync.Core.Tasks;

/// <summary>Every message that a task shows to its caller.</summary>
public static class TaskMessages
{
    /// <summary>The task is stored.</summary>
    public const string Created = "Task created";

    /// <summary>The task is being worked on.</summary>
    public const string InProgress = "Sync in progress";

    /// <summary>The task ended well. The text is the one of the vendor's page.</summary>
    public const string Succeeded = "Sync completed successfully";

    /// <summary>A VERIFY task ended well.</summary>
    /// <param name="progress">The counts of the task.</param>
    public static string Verified(TaskProgress progress) => progress.Drifted == 0
        ? string.Create(CultureInfo.InvariantCulture, $"Nothing to change: {progress.Done - progress.Skipped} securables are as policy wants them")
        : string.Create(CultureInfo.InvariantCulture,
            $"{progress.Drifted} of {progress.Done} securables differ from policy; see the resources with `drifted=true`, and sync them to mend the differences");

    /// <summary>A plan ended well.</summary>
    /// <param name="progress">The counts of the plan.</param>
    public static string Planned(TaskProgress progress) => progress.Drifted == 0
        ? string.Create(CultureInfo.InvariantCulture, $"Nothing to change on {progress.Done - progress.Skipped} securables")
        : string.Create(CultureInfo.InvariantCulture, $"{progress.Drifted} of {progress.Done} securables would be changed; apply the plan within 24 hours");

    /// <summary>A task that carries out a plan compares first.</summary>
    public const string CheckingPlan = "Checking that nothing has moved since the plan was made; nothing is written until that is known";

    /// <summary>Securables have moved since a plan was made.</summary>
    /// <param name="count">How many.</param>
    /// <param name="first">The first of them, with what differs.</param>
    public static string Moved(int count, string first) => string.Create(CultureInfo.InvariantCulture,
        $"{count} securable{(count == 1 ? " has" : "s have")} moved since the plan was made, so nothing was written; first: {first}");

    /// <summary>The task waits for the workspace's rate limit, or for the service's own.</summary>
    public const string Throttled = "Waiting for the workspace: its rate budget is in use, or it asked for fewer calls";

    /// <summary>No silo has room for the task yet.</summary>
    public const string Queued = "Waiting for its turn: every silo is at its task limit";

    /// <summary>No silo answers for the open task.</summary>
    public const string Unanswered = "Waiting for a silo: none answers for this task; the task is stored and resumes when one does";

    /// <summary>The task waits.</summary>
    /// <param name="what">What it waits for.</param>
    /// <param name="reason">Why.</param>
    public static string WaitingFor(string what, string reason) => $"Waiting for {what}: {reason}";

    /// <summary>An error code and its message.</summary>
    public static string Error(SyncErrorCode code, string message) => $"{SyncErrorCodes.WireName(code)}: {message}";

    /// <summary>The task is being cancelled.</summary>
    /// <param name="inWork">Securables that are still in work.</param>
    public static string Cancelling(int inWork) => string.Create(
        CultureInfo.InvariantCulture, $"Being cancelled: no further securable is started; {inWork} in work are being finished");

    /// <summary>The task ended because it was cancelled.</summary>
    /// <param name="by">The subject that cancelled it; null when that is not known.</param>
    /// <param name="progress">The counts of the task.</param>
    public static string Cancelled(string? by, TaskProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"Cancelled{(by is null ? "" : $" by {by}")} after {progress.Done - progress.Skipped}{(progress.Total is { } total ? $" of {total}" : "")} securables; a new task with the same resources does the rest");

    /// <summary>A securable was in work when its task was cancelled.</summary>
    public const string CancelledBefore = "the task was cancelled before this securable was done; sync it again";

    /// <summary>The task reached the age at which it is given up.</summary>
    public static string TooOld(TimeSpan maxAge) =>
        string.Create(CultureInfo.InvariantCulture, $"the task did not end within Tasks:MaxAge ({maxAge})");

    /// <summary>Securables of the task failed.</summary>
    /// <param name="progress">The counts of the task.</param>
    /// <param name="first">The first failure.</param>
    public static string Failed(TaskProgress progress, TaskFailure first) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Failed} of {progress.Done} securables failed; first: {first.Type} {first.FullName}: {Error(first.Code, first.Message)}");

    /// <summary>Every securable of the task was skipped.</summary>
    /// <param name="progress">The counts of the task.</param>
    /// <param name="first">Why the first one was skipped; null when that is not known.</param>
    public static string Skipped(TaskProgress progress, string? first) => (first ?? "No securable of this task needed processing")
        + (progress.Skipped > 1 ? string.Create(CultureInfo.InvariantCulture, $" (and {progress.Skipped - 1} more skipped)") : "");
}
