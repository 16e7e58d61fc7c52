namespace PolicySync.Client;

// Lists and texts that an answer does not have are empty. The generated reader sets every property, so that an initializer would have no effect.

/// <summary>A task: what it was asked for, how far it is, and how it ended.</summary>
public sealed record SyncTask
{
    /// <summary>The id: a decimal number of up to 19 digits, as text.</summary>
    public string TaskId { get => field ?? ""; init; }

    /// <summary>The status.</summary>
    public SyncTaskStatus Status { get; init; }

    /// <summary>What the task does or waits for, or how it ended, for people.</summary>
    public string Message { get => field ?? ""; init; }

    /// <summary>How the task ended; null until then.</summary>
    public SyncTaskOutcome? Outcome { get; init; }

    /// <summary>The type, as the caller sent it.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The subject of the token that asked for the task; null for tasks of the service itself.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When the task was accepted.</summary>
    public DateTimeOffset CreateTime { get; init; }

    /// <summary>When work on the task began; null until then.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When the task ended; null until then.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The members of an event that the caller sent; null when there were none.</summary>
    public TaskEvent? Event { get; init; }

    /// <summary>True when the task plans only.</summary>
    public bool DryRun { get; init; }

    /// <summary>The lowest version of the policies that was used; null when none was.</summary>
    public long? PolicyVersion { get; init; }

    /// <summary>True when cached policies were used because their source did not answer.</summary>
    public bool StalePolicies { get; init; }

    /// <summary>The task whose failed securables this one repeats; null when it repeats none.</summary>
    public string? RetryOf { get; init; }

    /// <summary>The plan that this task carries out; null for any other task.</summary>
    public string? PlanId { get; init; }

    /// <summary>The latest task that repeats the failed securables of this one; null when there is none.</summary>
    public string? RetriedBy { get; init; }

    /// <summary>Who asked for the task to be cancelled; null when that did not happen.</summary>
    public string? CancelRequestedBy { get; init; }

    /// <summary>When the task was asked to be cancelled; null when that did not happen.</summary>
    public DateTimeOffset? CancelRequestTime { get; init; }

    /// <summary>The trace in which the task was requested, 32 hexadecimal digits; null where that trace is not recorded.</summary>
    public string? TraceId { get; init; }

    /// <summary>Counts of the securables of the task.</summary>
    public TaskProgress Progress { get => field ?? new(); init; }

    /// <summary>The first ten failures. <see cref="IPolicySyncClient.Resources"/> has all.</summary>
    public IReadOnlyList<TaskFailure> Failures { get => field ?? []; init; }

    /// <summary>JSON Pointers of members of the request that the service does not know and ignored.</summary>
    public IReadOnlyList<string> IgnoredMembers { get => field ?? []; init; }
}

/// <summary>Counts of a task's securables. None of them falls while a task runs.</summary>
public sealed record TaskProgress
{
    /// <summary>Found so far.</summary>
    public long Discovered { get; init; }

    /// <summary>All that the task covers; null until discovery has ended.</summary>
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

    /// <summary>Found to differ from policy, by a dry run or a VERIFY task.</summary>
    public long Drifted { get; init; }

    /// <summary>An estimate of the seconds that are left; null when there is none.</summary>
    public long? EtaSeconds { get; init; }
}

/// <summary>One failed securable, as a task shows it.</summary>
public sealed record TaskFailure
{
    /// <summary>Its type.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>Its full name.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>Why it failed: an error code. Codes are text, for a later version of the service may have more.</summary>
    public string Code { get => field ?? ""; init; }

    /// <summary>Why it failed, for people, with the remedy.</summary>
    public string Message { get => field ?? ""; init; }
}

/// <summary>The members of an event that the caller sent with a task.</summary>
public sealed record TaskEvent
{
    /// <summary>The id of the event.</summary>
    public string? Id { get; init; }

    /// <summary>The type of the application.</summary>
    public string? AppType { get; init; }

    /// <summary>The subtype of the application.</summary>
    public string? AppSubType { get; init; }

    /// <summary>The source of the event.</summary>
    public string? Source { get; init; }

    /// <summary>The time of the event as the caller wrote it; a number is its digits.</summary>
    public string? CreateTime { get; init; }

    /// <summary>Its place in the event hub; null for a request of the API.</summary>
    public TaskEventPosition? Position { get; init; }
}

/// <summary>The place of an event in an event hub.</summary>
public sealed record TaskEventPosition
{
    /// <summary>The name of the hub.</summary>
    public string Hub { get => field ?? ""; init; }

    /// <summary>The id of the partition.</summary>
    public string Partition { get => field ?? ""; init; }

    /// <summary>Its number in the partition.</summary>
    public string SequenceNumber { get => field ?? ""; init; }

    /// <summary>When the hub took it.</summary>
    public DateTimeOffset EnqueuedTime { get; init; }
}
