namespace PolicySync.Client;

/// <summary>
/// What a stream of a task reports: a <see cref="TaskStatusUpdate"/>, <see cref="TaskProgressUpdate"/> or <see cref="TaskResultUpdate"/>.
/// </summary>
public abstract record TaskUpdate
{
    private protected TaskUpdate()
    {
    }
}

/// <summary>The status changed. The last update of a stream is one with an ended task.</summary>
/// <param name="Task">The task as it is now.</param>
public sealed record TaskStatusUpdate(SyncTask Task) : TaskUpdate;

/// <summary>The counts changed.</summary>
/// <param name="Progress">The counts as they are now.</param>
public sealed record TaskProgressUpdate(TaskProgress Progress) : TaskUpdate;

/// <summary>A securable ended.</summary>
/// <param name="Number">The number of the result. A stream may continue after it.</param>
/// <param name="Resource">The result.</param>
public sealed record TaskResultUpdate(long Number, TaskResource Resource) : TaskUpdate;
