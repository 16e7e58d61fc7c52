namespace PolicySync.Core.Tasks;

/// <summary>A task as a list shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Its status; of an open task as the store last heard.</param>
/// <param name="Message">At most 256 characters.</param>
/// <param name="Outcome">Null until it has ended.</param>
/// <param name="Type">The task type as it was asked for; at most 256 characters.</param>
/// <param name="CreateTime">When it was accepted.</param>
/// <param name="StartTime">When work on it began; null before.</param>
/// <param name="EndTime">When it ended; null before.</param>
public sealed record TaskSummary(
    TaskId Id, SyncTaskStatus Status, string Message, SyncTaskOutcome? Outcome, string Type,
    DateTimeOffset CreateTime, DateTimeOffset? StartTime, DateTimeOffset? EndTime)
{
    /// <summary>How much of a text a list shows.</summary>
    public const int ShownText = 256;

    /// <summary>What a list shows of <paramref name="task"/>.</summary>
    public static TaskSummary Of(SyncTask task) => new(
        task.Id, task.Status, Cut(task.Message), task.Outcome, Cut(task.Request.Type), task.CreateTime, task.StartTime, task.EndTime);

    /// <summary>The text as far as a list shows it.</summary>
    public static string Cut(string text) => text.Length <= ShownText ? text : text[..ShownText];
}

/// <summary>Part of a list of tasks.</summary>
/// <param name="Tasks">In the order of the list.</param>
/// <param name="Next">Where to read on: after this task; null at the end. Parts may be short, or empty, before the end.</param>
public sealed record TaskSlice(IReadOnlyList<TaskSummary> Tasks, TaskId? Next);
