using System.Text.Json.Serialization;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Tasks;

/// <summary>How one securable of a task ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ResourceStatus>))]
public enum ResourceStatus
{
    /// <summary>Done.</summary>
    [JsonStringEnumMemberName("SUCCESS")] Success,

    /// <summary>Not done; the error says why.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Not to be done; the error says why.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,
}

/// <summary>What a change does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChangeAction>))]
public enum ChangeAction
{
    /// <summary>A privilege was given.</summary>
    [JsonStringEnumMemberName("GRANT")] Grant,

    /// <summary>A privilege was taken back.</summary>
    [JsonStringEnumMemberName("REVOKE")] Revoke,

    /// <summary>A row filter was set.</summary>
    [JsonStringEnumMemberName("SET_FILTER")] SetFilter,

    /// <summary>A row filter was removed.</summary>
    [JsonStringEnumMemberName("DROP_FILTER")] DropFilter,

    /// <summary>A column mask was set.</summary>
    [JsonStringEnumMemberName("SET_MASK")] SetMask,

    /// <summary>A column mask was removed.</summary>
    [JsonStringEnumMemberName("DROP_MASK")] DropMask,
}

/// <summary>One change, and the policy that asked for it.</summary>
/// <param name="Action">What it does.</param>
/// <param name="Principal">The principal; a deleted one by its id; null for row filters and masks, which concern all.</param>
/// <param name="Privilege">Upper case, for example <c>SELECT</c>; null for row filters and masks.</param>
/// <param name="Column">The masked column; null for grants and row filters.</param>
/// <param name="PolicyId">
/// The policy that asked for it, or that had asked for what is now taken back; null when none is known (mode <c>Exact</c>
/// revoking what others granted). Of several policies in one row filter or mask, that of the first item.
/// </param>
/// <param name="PolicyName">That policy's name.</param>
public sealed record ResourceChange(
    ChangeAction Action, string? Principal, string? Privilege, string? Column, long? PolicyId, string? PolicyName);

/// <summary>Why a securable failed or was skipped.</summary>
/// <param name="Code">The reason, for programs.</param>
/// <param name="Message">The reason, for people, with the remedy.</param>
public sealed record ResultError(SyncErrorCode Code, string Message);

/// <summary>What was done to one securable for one task.</summary>
public sealed record ResourceResult
{
    /// <summary>Changes or gaps kept per securable; the counts stay true beyond it.</summary>
    public const int MaxListed = 1_000;

    /// <summary>Most characters of planned requests kept per securable.</summary>
    public const int MaxPlannedText = 256 * 1024;

    /// <summary>The requested type when it is a task's own resource (<c>view</c> stays <c>view</c>), else the type found.</summary>
    public required string Type { get; init; }

    /// <summary>Full name in canonical case, or what the caller wrote where that is not a name.</summary>
    public required string FullName { get; init; }

    /// <summary>How it ended.</summary>
    public required ResourceStatus Status { get; init; }

    /// <summary>For people: what was done or why not.</summary>
    public required string Message { get; init; }

    /// <summary>What was changed, or would be in a dry run: the first <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<ResourceChange> Changes { get; init; } = [];

    /// <summary>True number of changes.</summary>
    public int ChangeCount { get; init; }

    /// <summary>Differences left between policy and Unity Catalog: the first <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];

    /// <summary>True number of gaps.</summary>
    public int GapCount { get; init; }

    /// <summary>Set when failed or skipped.</summary>
    public ResultError? Error { get; init; }

    /// <summary>Requests made to Unity Catalog for it in this run.</summary>
    public int Calls { get; init; }

    /// <summary>When the run that served the task began; null when there was none.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When that run ended.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The policy version used; null when none was.</summary>
    public long? PolicyVersion { get; init; }

    /// <summary>
    /// When a schedule that concerns the securable starts or ends next; the service then syncs it again. Null when no schedule
    /// does, or the run ended before this was known.
    /// </summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>
    /// What others changed since we looked last: the first <see cref="MaxListed"/>. A grant of theirs that policy does
    /// not want is named each time, as nothing is written down about it.
    /// </summary>
    public IReadOnlyList<ExternalChange> ExternalChanges { get; init; } = [];

    /// <summary>True number of such changes.</summary>
    public int ExternalChangeCount { get; init; }

    /// <summary>
    /// Of a dry run: the requests that a writing one would make, in order; the first that fit into
    /// <see cref="MaxPlannedText"/>.
    /// </summary>
    public IReadOnlyList<PlannedCall> PlannedCalls { get; init; } = [];

    /// <summary>True number of such requests.</summary>
    public int PlannedCallCount { get; init; }

    /// <summary>
    /// Of a dry run: whether a sync would change anything, on the securable or in USE on its parents. What others gave and the mode
    /// leaves is a gap, not drift.
    /// </summary>
    public bool Drifted { get; init; }

    /// <summary>The result of a container that the task synced by itself, without what is below it (<see cref="RequestedResource.SelfOnly"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SelfOnly { get; init; }

    /// <summary>Of a plan, and of a check whether a plan still holds: what it would do. Null otherwise. It does not travel with a result.</summary>
    public PlannedEffect? Effect { get; init; }

    /// <summary>True when one of the lists was cut.</summary>
    public bool Truncated => ChangeCount > Changes.Count || GapCount > Gaps.Count
        || ExternalChangeCount > ExternalChanges.Count || PlannedCallCount > PlannedCalls.Count;

    /// <summary>This result with <paramref name="calls"/> as its planned ones, as many as are kept.</summary>
    public ResourceResult WithPlannedCalls(IReadOnlyList<PlannedCall> calls)
    {
        var kept = 0;
        for (var left = MaxPlannedText; kept < calls.Count && calls[kept].Length <= left; kept++)
        {
            left -= calls[kept].Length;
        }

        return this with { PlannedCalls = [.. calls.Take(kept)], PlannedCallCount = calls.Count };
    }

    /// <summary>A result for a securable that is not to be done.</summary>
    public static ResourceResult Skip(string type, string fullName, SyncErrorCode code, string message) => new()
    {
        Type = type,
        FullName = fullName,
        Status = ResourceStatus.Skipped,
        Message = message,
        Error = new ResultError(code, message),
    };

    /// <summary>The type word for <paramref name="securable"/>.</summary>
    public static string TypeOf(Securable securable) => WireNames.Of(securable.Type);
}
