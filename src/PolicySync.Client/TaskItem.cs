namespace PolicySync.Client;

/// <summary>A task in a list.</summary>
public sealed record TaskItem
{
    /// <summary>The id: a decimal number of up to 19 digits, as text.</summary>
    public string TaskId { get => field ?? ""; init; }

    /// <summary>The status.</summary>
    public SyncTaskStatus Status { get; init; }

    /// <summary>What the task does or waits for, or how it ended, for people; at most 256 characters.</summary>
    public string Message { get => field ?? ""; init; }

    /// <summary>How the task ended; null until then.</summary>
    public SyncTaskOutcome? Outcome { get; init; }

    /// <summary>The type; at most 256 characters.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The subject of the token that asked for the task; null for tasks of the service itself.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The source of the event that the task was made for; null when there is none.</summary>
    public string? Source { get; init; }

    /// <summary>The first 20 resources of the request, each as type and full name.</summary>
    public IReadOnlyList<string> Resources { get => field ?? []; init; }

    /// <summary>The number of resources of the request; null when the service does not say.</summary>
    public long? ResourceCount { get; init; }

    /// <summary>When the task was accepted.</summary>
    public DateTimeOffset CreateTime { get; init; }

    /// <summary>When work on the task began; null until then.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When the task ended; null until then.</summary>
    public DateTimeOffset? EndTime { get; init; }
}

/// <summary>Which tasks to list. What is null does not restrict.</summary>
public sealed record TaskFilter
{
    /// <summary>Only tasks of this status.</summary>
    public SyncTaskStatus? Status { get; init; }

    /// <summary>Only tasks of this outcome.</summary>
    public SyncTaskOutcome? Outcome { get; init; }

    /// <summary>Only tasks of this type, for example <see cref="TaskRequest.VerifyType"/>.</summary>
    public string? Type { get; init; }

    /// <summary>Only tasks of this source of events.</summary>
    public string? Source { get; init; }

    /// <summary>Only tasks that the token of this subject asked for.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Only tasks whose request names this securable: <c>table main.sales.customers</c>, or the name alone for any type.</summary>
    public string? Securable { get; init; }

    /// <summary>Only tasks that were accepted at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only tasks that were accepted before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Most tasks of one page, up to 1,000; null for the default of the service, 100.</summary>
    public int? PageSize { get; init; }
}
