using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;

namespace PolicySync.Host.Api.Securables;

/// <summary>What the service knows of a securable without asking the workspace: its mode, what was recorded, and its last tasks.</summary>
/// <param name="Type">The type of the securable.</param>
/// <param name="FullName">The full name, in lower case.</param>
/// <param name="Managed">Whether the service may touch the securable.</param>
/// <param name="Mode">How the service treats grants that it did not make.</param>
/// <param name="LastWriteTime">When the last write of the service ended; null when there was none.</param>
/// <param name="LastVerifyTime">When a read last showed what the last write wanted; null when there was no write.</param>
/// <param name="PolicyVersion">The version of the policies of the last write; null when there was none.</param>
/// <param name="ValidUntil">When a schedule that concerns the securable begins or ends next; null when none does.</param>
/// <param name="DriftSinceTime">When the oldest recorded difference that a sync would mend and that is not ignored was found; null when there is none.</param>
/// <param name="Grants">Grants that the service made and that were there at the last read, up to 1,000.</param>
/// <param name="GrantCount">The number of such grants.</param>
/// <param name="Guards">Row filter and column masks that the service made.</param>
/// <param name="Tasks">The last tasks that named the securable, up to 5, newest first; tasks on its containers are not among them.</param>
internal sealed record SecurableDetail(
    string Type,
    string FullName,
    bool Managed,
    SyncMode Mode,
    DateTime? LastWriteTime,
    DateTime? LastVerifyTime,
    long? PolicyVersion,
    DateTime? ValidUntil,
    DateTime? DriftSinceTime,
    IReadOnlyList<RecordedGrant> Grants,
    int GrantCount,
    IReadOnlyList<RecordedGuard> Guards,
    IReadOnlyList<TaskListItem> Tasks)
{
    /// <summary>Most grants of an answer.</summary>
    public const int MaxGrants = 1_000;

    public static SecurableDetail Of(
        Securable securable, Managed managed, ResourceState? state, DateTimeOffset? driftSince, IReadOnlyList<TaskSummary> tasks) => new(
        ResourceResult.TypeOf(securable),
        securable.FullName,
        managed.Covers(securable),
        managed.ModeOf(securable),
        state?.LastWrite?.UtcDateTime,
        state?.LastVerified?.UtcDateTime,
        state?.PolicyVersion,
        state?.DueAt?.UtcDateTime,
        driftSince?.UtcDateTime,
        [.. (state?.Ledger.Entries ?? []).Take(MaxGrants).Select(RecordedGrant.Of)],
        state?.Ledger.Entries.Count ?? 0,
        [.. (state?.GuardFunctions ?? []).Select(RecordedGuard.Of)],
        [.. tasks.Select(TaskListItem.Of)]);
}

/// <summary>A grant that the service made.</summary>
/// <param name="Principal">The principal, as it was sent to Unity Catalog.</param>
/// <param name="PrincipalDeleted">True when the principal was deleted; null otherwise.</param>
/// <param name="Privilege">The privilege, in upper case.</param>
/// <param name="PolicyId">The policy that asked for it when it was made; null when none is known.</param>
/// <param name="PolicyName">The name of that policy then; null when none is known.</param>
/// <param name="TaskId">The task that made or adopted it.</param>
/// <param name="GrantTime">When it was made or adopted.</param>
internal sealed record RecordedGrant(
    string Principal, bool? PrincipalDeleted, string Privilege, long? PolicyId, string? PolicyName, string TaskId, DateTime GrantTime)
{
    public static RecordedGrant Of(LedgerEntry entry) => new(
        entry.Principal, entry.Deleted ? true : null, entry.Privilege, entry.PolicyId, entry.PolicyName, entry.TaskId, entry.GrantedAt.UtcDateTime);
}

/// <summary>A row filter or column mask that the service made.</summary>
/// <param name="Function">The full name of its function.</param>
/// <param name="Column">The masked column; null for a row filter.</param>
/// <param name="PolicyId">The policy that asked for it, of several that of the first item; null when none is known.</param>
/// <param name="PolicyName">The name of that policy; null when none is known.</param>
/// <param name="Rules">What it was made from, in SQL: of the rules of a layer, the first that matches the reader decides. Null when not known.</param>
internal sealed record RecordedGuard(string Function, string? Column, long? PolicyId, string? PolicyName, IReadOnlyList<GuardRuleDetail>? Rules)
{
    public static RecordedGuard Of(GuardFunctionState function) => new(
        function.FullName, function.Column, function.PolicyId, function.PolicyName, GuardContent.Parse(function.Content) is { } content ? RulesOf(content) : null);

    private static IReadOnlyList<GuardRuleDetail> RulesOf(GuardContent content) =>
    [
        .. content.Own.Branches.Select(branch => new GuardRuleDetail(branch.When, branch.Shows, null)),
        .. content.Kept.SelectMany(layer => layer.Branches).Select(branch => new GuardRuleDetail(branch.When, branch.Shows, true)),
    ];
}

/// <summary>One rule of a row filter or mask.</summary>
/// <param name="When">The condition on the reader, in SQL.</param>
/// <param name="Shows">The condition on a row, or the value in place of the column's, in SQL; null when everything is shown.</param>
/// <param name="Kept">True for a rule of earlier policies, kept for readers that policy does not allow; null otherwise.</param>
internal sealed record GuardRuleDetail(string When, string? Shows, bool? Kept);
