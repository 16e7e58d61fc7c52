using System.Text.Json;

namespace PolicySync.Client;

/// <summary>A plan to make: for which resources, and with which policies.</summary>
public sealed record PlanRequest
{
    /// <summary>What to plan for: 1 to 1,000 securables.</summary>
    public required IReadOnlyList<Securable> Resources { get; init; }

    /// <summary>A whole download of Ranger to plan with; null for the current policies.</summary>
    public JsonElement? Policies { get; init; }

    /// <summary>
    /// One policy as Ranger's JSON: it replaces the one of its <c>id</c> in the current policies, is added when it has none, and removes
    /// the one of its <c>id</c> with <c>delete</c> true. Null without one.
    /// </summary>
    public JsonElement? Policy { get; init; }

    /// <summary>Lets the plan revoke more than the service's limit.</summary>
    public bool? AllowRevoke { get; init; }
}

/// <summary>A plan: what it was made from, how far it is, and what it would do.</summary>
public sealed record Plan
{
    /// <summary>The id: a decimal number of up to 19 digits, as text. It is also the id of the plan's task.</summary>
    public string PlanId { get => field ?? ""; init; }

    /// <summary>The status.</summary>
    public SyncTaskStatus Status { get; init; }

    /// <summary>What the plan does or waits for, or how it ended, for people.</summary>
    public string Message { get => field ?? ""; init; }

    /// <summary>How it ended; null until then.</summary>
    public SyncTaskOutcome? Outcome { get; init; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset CreateTime { get; init; }

    /// <summary>When it ended; null until then.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Until when it may be applied.</summary>
    public DateTimeOffset ExpireTime { get; init; }

    /// <summary>The subject of the token with which it was requested.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The policies that it was made from.</summary>
    public PlanPolicies Policies { get => field ?? new(); init; }

    /// <summary>What the caller should know of these policies.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; }

    /// <summary>The first 20 of its resources, each as type and full name.</summary>
    public IReadOnlyList<string> Resources { get => field ?? []; init; }

    /// <summary>The number of its resources.</summary>
    public int ResourceCount { get; init; }

    /// <summary>Counts of the securables of the plan.</summary>
    public TaskProgress Progress { get => field ?? new(); init; }

    /// <summary>The first ten failures. A plan with failures cannot be applied.</summary>
    public IReadOnlyList<TaskFailure> Failures { get => field ?? []; init; }

    /// <summary>What it would do in all; null until it has ended.</summary>
    public PlanSummary? Summary { get; init; }
}

/// <summary>The policies that a plan was made from.</summary>
public sealed record PlanPolicies
{
    /// <summary>The version number in the download; -1 when it has none.</summary>
    public long Version { get; init; }

    /// <summary>The stamp of the current policies when the plan was requested.</summary>
    public string Stamp { get => field ?? ""; init; }

    /// <summary>The digest of what of the policies is evaluated, the same for equal policies of any version.</summary>
    public string Content { get => field ?? ""; init; }

    /// <summary>Whether they are candidate policies, in place of the current ones.</summary>
    public bool Candidate { get; init; }
}

/// <summary>What a plan would do in all.</summary>
public sealed record PlanSummary
{
    /// <summary>Securables that would be changed.</summary>
    public long Securables { get; init; }

    /// <summary>Privileges that would be granted on them.</summary>
    public long Grants { get; init; }

    /// <summary>Privileges that would be revoked on them.</summary>
    public long Revokes { get; init; }

    /// <summary>Row filters that would be set.</summary>
    public long FiltersSet { get; init; }

    /// <summary>Row filters that would be dropped.</summary>
    public long FiltersDropped { get; init; }

    /// <summary>Masks that would be set.</summary>
    public long MasksSet { get; init; }

    /// <summary>Masks that would be dropped.</summary>
    public long MasksDropped { get; init; }

    /// <summary>Requests that would be sent.</summary>
    public long Calls { get; init; }

    /// <summary>Users that gain a privilege on a securable.</summary>
    public int GainingCount { get; init; }

    /// <summary>The first of them by name, up to 100.</summary>
    public IReadOnlyList<PlanUser> Gaining { get => field ?? []; init; }

    /// <summary>Users that lose a privilege on a securable.</summary>
    public int LosingCount { get; init; }

    /// <summary>The first of them by name, up to 100.</summary>
    public IReadOnlyList<PlanUser> Losing { get => field ?? []; init; }

    /// <summary>Differences that would be left on these securables, counted by code and direction.</summary>
    public IReadOnlyList<PlanGapCount> Gaps { get => field ?? []; init; }

    /// <summary>What the counts leave out, for people.</summary>
    public IReadOnlyList<string> Notes { get => field ?? []; init; }
}

/// <summary>A user whose effective access a plan changes.</summary>
public sealed record PlanUser
{
    /// <summary>The user or service principal.</summary>
    public string User { get => field ?? ""; init; }

    /// <summary>The privileges that it gains, or loses, on some securable.</summary>
    public IReadOnlyList<string> Privileges { get => field ?? []; init; }

    /// <summary>On how many securables.</summary>
    public int Securables { get; init; }
}

/// <summary>How many gaps of a code and direction there would be.</summary>
public sealed record PlanGapCount
{
    /// <summary>The code.</summary>
    public string Code { get => field ?? ""; init; }

    /// <summary>The direction.</summary>
    public GapDirection Direction { get; init; }

    /// <summary>How many.</summary>
    public long Count { get; init; }
}

/// <summary>What a plan would do to a securable.</summary>
public sealed record PlanResource
{
    /// <summary>The type.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>Whether it could be planned.</summary>
    public ResourceStatus Status { get; init; }

    /// <summary>What would be done, or why it could not be planned, for people.</summary>
    public string Message { get => field ?? ""; init; }

    /// <summary>The changes as lines: <c>+</c>, <c>-</c>, and <c>~</c> for a row filter or mask; up to 1,000.</summary>
    public IReadOnlyList<string> Lines { get => field ?? []; init; }

    /// <summary>The same changes; up to 1,000.</summary>
    public IReadOnlyList<ResourceChange> Changes { get => field ?? []; init; }

    /// <summary>The number of changes.</summary>
    public int ChangeCount { get; init; }

    /// <summary>The requests that would be sent, in their order.</summary>
    public IReadOnlyList<PlannedCall> PlannedCalls { get => field ?? []; init; }

    /// <summary>The number of requests.</summary>
    public int PlannedCallCount { get; init; }

    /// <summary>The first users whose effective access to the securable changes, up to 200.</summary>
    public IReadOnlyList<AccessChange> Users { get => field ?? []; init; }

    /// <summary>The number of users that gain a privilege on it.</summary>
    public int GainingCount { get; init; }

    /// <summary>The number of users that lose a privilege on it.</summary>
    public int LosingCount { get; init; }

    /// <summary>Why the effect on users is not known; null when it is.</summary>
    public string? UsersUnknown { get; init; }

    /// <summary>Differences between policy and Unity Catalog that would be left; up to 1,000.</summary>
    public IReadOnlyList<Gap> Gaps { get => field ?? []; init; }

    /// <summary>The number of gaps.</summary>
    public int GapCount { get; init; }

    /// <summary>Why it could not be planned; null when it could.</summary>
    public TaskResourceError? Error { get; init; }
}

/// <summary>A user whose effective access to a securable changes.</summary>
public sealed record AccessChange
{
    /// <summary>The user or service principal.</summary>
    public string User { get => field ?? ""; init; }

    /// <summary>Privileges that it has after the changes only.</summary>
    public IReadOnlyList<string> Gains { get => field ?? []; init; }

    /// <summary>Privileges that it has before the changes only.</summary>
    public IReadOnlyList<string> Losses { get => field ?? []; init; }
}

/// <summary>Which securables of a plan to list. What is null does not restrict.</summary>
public sealed record PlanResourceFilter
{
    /// <summary>Only securables that would be changed, or that would not.</summary>
    public bool? Changed { get; init; }

    /// <summary>Only securables of this status.</summary>
    public ResourceStatus? Status { get; init; }

    /// <summary>Most securables of one page, up to 1,000; null for the default of the service, 100.</summary>
    public int? PageSize { get; init; }
}
