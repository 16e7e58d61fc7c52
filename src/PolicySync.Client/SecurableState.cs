namespace PolicySync.Client;

/// <summary>What the service knows of a securable without asking the workspace.</summary>
public sealed record SecurableState
{
    /// <summary>The type.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name, in lower case.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>Whether the service may touch the securable.</summary>
    public bool Managed { get; init; }

    /// <summary>How the service treats grants that it did not make.</summary>
    public SyncMode Mode { get; init; }

    /// <summary>When the last write of the service ended; null when there was none.</summary>
    public DateTimeOffset? LastWriteTime { get; init; }

    /// <summary>When a read last showed what the last write wanted; null when there was no write.</summary>
    public DateTimeOffset? LastVerifyTime { get; init; }

    /// <summary>The version of the policies of the last write; null when there was none.</summary>
    public long? PolicyVersion { get; init; }

    /// <summary>When a schedule that concerns the securable begins or ends next; null when none does.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>When the oldest recorded difference that a sync would mend and that is not ignored was found; null when there is none.</summary>
    public DateTimeOffset? DriftSinceTime { get; init; }

    /// <summary>Grants that the service made and that were there at the last read, up to 1,000.</summary>
    public IReadOnlyList<RecordedGrant> Grants { get => field ?? []; init; }

    /// <summary>The number of such grants.</summary>
    public int GrantCount { get; init; }

    /// <summary>Row filter and column masks that the service made.</summary>
    public IReadOnlyList<RecordedGuard> Guards { get => field ?? []; init; }

    /// <summary>The last tasks that named the securable, up to 5, newest first.</summary>
    public IReadOnlyList<TaskItem> Tasks { get => field ?? []; init; }
}

/// <summary>A grant that the service made.</summary>
public sealed record RecordedGrant
{
    /// <summary>The principal, as it was sent to Unity Catalog.</summary>
    public string Principal { get => field ?? ""; init; }

    /// <summary>Whether the principal was deleted.</summary>
    public bool PrincipalDeleted { get; init; }

    /// <summary>The privilege, in upper case.</summary>
    public string Privilege { get => field ?? ""; init; }

    /// <summary>The policy that asked for it when it was made; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The name of that policy then; null when none is known.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The task that made or adopted it.</summary>
    public string TaskId { get => field ?? ""; init; }

    /// <summary>When it was made or adopted.</summary>
    public DateTimeOffset GrantTime { get; init; }
}

/// <summary>A row filter or column mask that the service made.</summary>
public sealed record RecordedGuard
{
    /// <summary>The full name of its function.</summary>
    public string Function { get => field ?? ""; init; }

    /// <summary>The masked column; null for a row filter.</summary>
    public string? Column { get; init; }

    /// <summary>The policy that asked for it; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The name of that policy; null when none is known.</summary>
    public string? PolicyName { get; init; }

    /// <summary>What it was made from: of the rules of a layer, the first that matches the reader decides. Empty when not known.</summary>
    public IReadOnlyList<GuardRuleDetail> Rules { get => field ?? []; init; }
}

/// <summary>One rule of a row filter or mask.</summary>
public sealed record GuardRuleDetail
{
    /// <summary>The condition on the reader, in SQL.</summary>
    public string When { get => field ?? ""; init; }

    /// <summary>The condition on a row, or the value in place of the column's, in SQL; null when everything is shown.</summary>
    public string? Shows { get; init; }

    /// <summary>Whether it is a rule of earlier policies, kept for readers that policy does not allow.</summary>
    public bool Kept { get; init; }
}
