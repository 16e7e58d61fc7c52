using PolicySync.Core.Securables;

namespace PolicySync.Core.Tasks;

/// <summary>A task as its caller asked for it: well-formed, not yet judged.</summary>
public sealed record SyncRequest
{
    /// <summary><c>RESOURCE_SYNC</c>, or another text, which makes the task SKIPPED.</summary>
    public required string Type { get; init; }

    /// <summary>1 to 1,000 resources.</summary>
    public required IReadOnlyList<RequestedResource> Resources { get; init; }

    /// <summary>Plan only: nothing is written anywhere but the task's own rows.</summary>
    public bool DryRun { get; init; }

    /// <summary>Lets this task revoke more than <c>Sync:MaxRevokeShare</c>.</summary>
    public bool AllowRevoke { get; init; }

    /// <summary>
    /// Set when the service created the task because its securables were due: the number of such tasks that failed before, from
    /// 0. Null when a caller requested the task.
    /// </summary>
    public int? DueAttempt { get; init; }

    /// <summary>
    /// The subject of the token with which the task was requested, as <see cref="TaskShare.SubjectOf"/> gives it. Null when the
    /// service created it, and in tasks accepted before subjects were stored.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>Why the service created the task: one of <see cref="TaskOrigins"/>. Null when a caller requested it.</summary>
    public string? Origin { get; init; }

    /// <summary>JSON Pointers of members of the request that the service does not know and ignored.</summary>
    public IReadOnlyList<string> IgnoredMembers { get; init; } = [];

    /// <summary>The hash of the key with which the task was requested (<see cref="TaskKey.Hash"/>); null without one.</summary>
    public string? Key { get; init; }

    /// <summary>Event-style fields; returned unchanged.</summary>
    public SyncEvent? Event { get; init; }
}

/// <summary>One element of <c>requestInfo.resources</c>.</summary>
/// <param name="Type">As given; compared exactly.</param>
/// <param name="Values">As given: level name to object name.</param>
public sealed record RequestedResource(string Type, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Names <paramref name="securable"/> as a caller would.</summary>
    public static RequestedResource Of(Securable securable) => new(
        WireNames.Of(securable.Type),
        securable.Type.Levels().Zip(securable.Parts).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));
}

/// <summary>The optional event-style fields of a request. A field that was absent is null.</summary>
public sealed record SyncEvent
{
    /// <summary>The event's id.</summary>
    public string? Id { get; init; }

    /// <summary>The kind of application.</summary>
    public string? AppType { get; init; }

    /// <summary>The kind of connector.</summary>
    public string? AppSubType { get; init; }

    /// <summary>Where the event came from.</summary>
    public string? Source { get; init; }

    /// <summary>A JSON string or number, as raw JSON text, so that it can be returned unchanged.</summary>
    public string? CreateTimeJson { get; init; }
}
