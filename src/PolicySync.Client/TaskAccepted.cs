namespace PolicySync.Client;

/// <summary>A task that was accepted.</summary>
public sealed record TaskAccepted
{
    /// <summary>The id: a decimal number of up to 19 digits, as text.</summary>
    public string TaskId { get => field ?? ""; init; }

    /// <summary>The status.</summary>
    public SyncTaskStatus Status { get; init; }

    /// <summary>What the task does or waits for, for people.</summary>
    public string Message { get => field ?? ""; init; }

    /// <summary>JSON Pointers of members of the request that the service does not know and ignored.</summary>
    public IReadOnlyList<string> IgnoredMembers { get => field ?? []; init; }

    /// <summary>The task whose failed securables this one repeats; null when it repeats none.</summary>
    public string? RetryOf { get; init; }
}
