using System.Text.Json;

namespace PolicySync.Client;

/// <summary>What a task did to one securable.</summary>
public sealed record TaskResource
{
    /// <summary>Its type; of a resource of the request, the type that the caller wrote.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>Its full name, or what the caller wrote when that is not a name.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>How it ended.</summary>
    public ResourceStatus Status { get; init; }

    /// <summary>What was done, or why nothing was done, for people.</summary>
    public string Message { get => field ?? ""; init; }

    /// <summary>The first 1,000 changes: made, or planned in a dry run or a VERIFY task.</summary>
    public IReadOnlyList<ResourceChange> Changes { get => field ?? []; init; }

    /// <summary>The number of changes.</summary>
    public int ChangeCount { get; init; }

    /// <summary>The first 1,000 differences between the policies and Unity Catalog that remain.</summary>
    public IReadOnlyList<Gap> Gaps { get => field ?? []; init; }

    /// <summary>The number of gaps.</summary>
    public int GapCount { get; init; }

    /// <summary>Why it failed or was skipped; null when it ended well.</summary>
    public TaskResourceError? Error { get; init; }

    /// <summary>Requests to Unity Catalog that it took.</summary>
    public int Calls { get; init; }

    /// <summary>When work on it began; null when there was none.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When work on it ended; null when there was none.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The version of the policies that was used; null when none was.</summary>
    public long? PolicyVersion { get; init; }

    /// <summary>When a schedule that concerns it begins or ends next; null when nothing changes by time.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>True in a dry run or a VERIFY task when it differs from policy.</summary>
    public bool Drifted { get; init; }

    /// <summary>True for a container that was synced by itself, without what is below it.</summary>
    public bool SelfOnly { get; init; }

    /// <summary>The first 1,000 changes that other parties made.</summary>
    public IReadOnlyList<ExternalChange> ExternalChanges { get => field ?? []; init; }

    /// <summary>The number of changes that other parties made.</summary>
    public int ExternalChangeCount { get; init; }

    /// <summary>Of a dry run or a VERIFY task: the requests that a sync would make, in order, up to 256 KiB.</summary>
    public IReadOnlyList<PlannedCall> PlannedCalls { get => field ?? []; init; }

    /// <summary>The number of planned requests.</summary>
    public int PlannedCallCount { get; init; }

    /// <summary>True when one of the lists does not have all of its items.</summary>
    public bool Truncated { get; init; }
}

/// <summary>One change, and the policy that asked for it.</summary>
public sealed record ResourceChange
{
    /// <summary>What it does.</summary>
    public ChangeAction Action { get; init; }

    /// <summary>The principal; null for row filters and masks.</summary>
    public string? Principal { get; init; }

    /// <summary>The privilege, in upper case; null for row filters and masks.</summary>
    public string? Privilege { get; init; }

    /// <summary>The masked column; null for grants and row filters.</summary>
    public string? Column { get; init; }

    /// <summary>The policy that asked for it; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The name of that policy.</summary>
    public string? PolicyName { get; init; }
}

/// <summary>One difference between the policies and Unity Catalog that remains.</summary>
public sealed record Gap
{
    /// <summary>Why: a gap code. Codes are text, for a later version of the service may have more.</summary>
    public string Code { get => field ?? ""; init; }

    /// <summary>Which way.</summary>
    public GapDirection Direction { get; init; }

    /// <summary>The principal; null when it concerns no single one.</summary>
    public string? Principal { get; init; }

    /// <summary>The privilege, in upper case; null when it concerns all.</summary>
    public string? Privilege { get; init; }

    /// <summary>The difference, its cause, and the remedy, for people.</summary>
    public string Detail { get => field ?? ""; init; }

    /// <summary>The policy that it concerns; null when there is none.</summary>
    public long? PolicyId { get; init; }
}

/// <summary>Why a securable failed or was skipped.</summary>
public sealed record TaskResourceError
{
    /// <summary>An error code. Codes are text, for a later version of the service may have more.</summary>
    public string Code { get => field ?? ""; init; }

    /// <summary>The reason, for people, with the remedy.</summary>
    public string Message { get => field ?? ""; init; }
}

/// <summary>A change of grants that another party made.</summary>
public sealed record ExternalChange
{
    /// <summary>
    /// <see cref="ChangeAction.Revoke"/>: a grant of the service is gone. <see cref="ChangeAction.Grant"/>: a grant exists that no policy wants.
    /// </summary>
    public ChangeAction Action { get; init; }

    /// <summary>The principal of the grant.</summary>
    public string Principal { get => field ?? ""; init; }

    /// <summary>The privilege, in upper case.</summary>
    public string Privilege { get => field ?? ""; init; }

    /// <summary>The policy that had asked for a grant that is gone; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The task that had made a grant that is gone; null when none is known.</summary>
    public string? TaskId { get; init; }

    /// <summary>The last principal that changed the securable, when that was not the service; null when Unity Catalog does not say.</summary>
    public string? By { get; init; }

    /// <summary>When that was; null when Unity Catalog does not say.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A request that a sync would send to Unity Catalog.</summary>
public sealed record PlannedCall
{
    /// <summary>The HTTP method.</summary>
    public string Method { get => field ?? ""; init; }

    /// <summary>The path and query below the host of the workspace, escaped.</summary>
    public string Path { get => field ?? ""; init; }

    /// <summary>The body: a JSON object.</summary>
    public JsonElement Body { get; init; }

    /// <summary>True for a call on a container that follows all calls below the container.</summary>
    public bool AfterChildren { get; init; }
}

/// <summary>Which results of a task to list. What is null does not restrict.</summary>
public sealed record ResourceFilter
{
    /// <summary>Only results of this status.</summary>
    public ResourceStatus? Status { get; init; }

    /// <summary>Only results that differ from policy, or only others.</summary>
    public bool? Drifted { get; init; }

    /// <summary>Only results with changes, or only others.</summary>
    public bool? Changed { get; init; }

    /// <summary>Only results with this gap code or error code.</summary>
    public string? Code { get; init; }

    /// <summary>Most results of one page, up to 1,000; null for the default of the service, 100.</summary>
    public int? PageSize { get; init; }
}
