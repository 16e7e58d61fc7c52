using System.Text.Json.Serialization;
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

    /// <summary>The id of the task whose failed securables this task repeats; null for any other task.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // the fingerprints of earlier builds are without it
    public long? RetryOf { get; init; }

    /// <summary>Of a plan: the policies that it is made from. Null for any other task.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlanSource? Plan { get; init; }

    /// <summary>The id of the plan that this task carries out; null for any other task.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? PlanId { get; init; }

    /// <summary>
    /// The id of the trace in which the task was requested, 32 hexadecimal digits; null where that trace is not recorded.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>Event-style fields; returned unchanged.</summary>
    public SyncEvent? Event { get; init; }
}

/// <summary>One element of <c>requestInfo.resources</c>.</summary>
/// <param name="Type">As given; compared exactly.</param>
/// <param name="Values">As given: level name to object name.</param>
public sealed record RequestedResource(string Type, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>
    /// Of a container: the container's own grants and USE are synced, and nothing below it. A resource of another type never has it
    /// (<see cref="MayBeSelfOnly"/>).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // the fingerprints of earlier builds are without it
    public bool SelfOnly { get; init; }

    /// <summary>Whether <see cref="SelfOnly"/> may be set: for a container, and for a type that is not known, which the task skips.</summary>
    [JsonIgnore]
    public bool MayBeSelfOnly => SecurableType is not { } type || type.IsContainer();

    /// <summary>Names <paramref name="securable"/> as a caller would.</summary>
    public static RequestedResource Of(Securable securable) => new(
        WireNames.Of(securable.Type),
        securable.Type.Levels().Zip(securable.Parts).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));

    /// <summary>Names what a result names; null when that is not a securable.</summary>
    /// <param name="type">The type, as in a request.</param>
    /// <param name="fullName">The full name.</param>
    public static RequestedResource? Parse(string type, string fullName)
    {
        var names = fullName.Split('.');
        return new RequestedResource(type, new Dictionary<string, string>()).SecurableType is { } known && known.Levels() is var levels && levels.Count == names.Length
            && Array.TrueForAll(names, name => SecurableName.Fault(name) is null)
            ? new RequestedResource(type, levels.Zip(names).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal))
            : null;
    }

    /// <summary>The type of a view, which is a table to Unity Catalog.</summary>
    public const string View = "view";

    /// <summary>The type of securable that the type names; null when it names none.</summary>
    public SecurableType? SecurableType =>
        WireNames.TryParse<SecurableType>(Type == View ? WireNames.Of(Securables.SecurableType.Table) : Type, out var type) ? type : null;

    /// <summary>The securable that it names; null when type or values are not those of one.</summary>
    public Securable? Securable =>
        SecurableType is { } type && type.Levels() is var levels && Values.Count == levels.Count
            && levels.All(level => Values.TryGetValue(level, out var name) && SecurableName.Fault(name) is null)
            ? Securables.Securable.Of(type, [.. levels.Select(level => Values[level])])
            : null;
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

    /// <summary>Its place in an event hub; null for a request of the API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // the fingerprints of earlier builds are without it
    public EventPosition? Position { get; init; }
}
