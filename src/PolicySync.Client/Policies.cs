using System.Text.Json;

namespace PolicySync.Client;

/// <summary>A page of policies, with the set that they are of.</summary>
public sealed record PolicyPage
{
    /// <summary>The policies of this page.</summary>
    public IReadOnlyList<PolicyItem> Policies { get => field ?? []; init; }

    /// <summary>The token of the next page; null on the last page.</summary>
    public string? NextPageToken { get; init; }

    /// <summary>The set that they are of. It may change between two pages.</summary>
    public PolicySetInfo Set { get => field ?? new(); init; }
}

/// <summary>The policies that the service accepted last.</summary>
public sealed record PolicySetInfo
{
    /// <summary>The version number in Ranger's download; -1 when it has none.</summary>
    public long Version { get; init; }

    /// <summary>Differs whenever anything of the input differs, roles and tags included.</summary>
    public string Stamp { get => field ?? ""; init; }

    /// <summary>When the service accepted them.</summary>
    public DateTimeOffset AcceptTime { get; init; }

    /// <summary>When the source was last seen to have them; null when it did not answer since the start of the process.</summary>
    public DateTimeOffset? CheckTime { get; init; }

    /// <summary>Seconds since then; null when it did not answer.</summary>
    public long? AgeSeconds { get; init; }

    /// <summary>Why the last check of the source failed, as <c>CODE: reason</c>; null when it did not.</summary>
    public string? Failure { get; init; }
}

/// <summary>A policy in a list.</summary>
public sealed record PolicyItem
{
    /// <summary>The id in Ranger; null when it has none.</summary>
    public long? Id { get; init; }

    /// <summary>The name; null when it has none.</summary>
    public string? Name { get; init; }

    /// <summary>What the policy is about.</summary>
    public PolicyKind Kind { get; init; }

    /// <summary>The security zone; null outside zones.</summary>
    public string? Zone { get; init; }

    /// <summary>Whether it is enabled.</summary>
    public bool Enabled { get; init; }

    /// <summary>0 for a normal policy, 1 for one that overrides normal ones.</summary>
    public int Priority { get; init; }

    /// <summary>The first of its sets of resources, up to 20, each as text; <c>!</c> means all but these.</summary>
    public IReadOnlyList<string> Resources { get => field ?? []; init; }

    /// <summary>The number of its sets of resources.</summary>
    public int ResourceCount { get; init; }

    /// <summary>When it holds, up to 20 spans; always when there are none.</summary>
    public IReadOnlyList<PolicyValidity> Validity { get => field ?? []; init; }

    /// <summary>The numbers of its items.</summary>
    public PolicyItemCounts Items { get => field ?? new(); init; }

    /// <summary>What of it has no effect, and why; none of a disabled policy.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; }
}

/// <summary>A span of time in which a policy holds, as Ranger writes it.</summary>
public sealed record PolicyValidity
{
    /// <summary>First second, <c>yyyy/MM/dd HH:mm:ss</c> in the time zone; null for no start.</summary>
    public string? StartTime { get; init; }

    /// <summary>Last second, in the same form; null for no end.</summary>
    public string? EndTime { get; init; }

    /// <summary>Id of the time zone; null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The number of recurring windows that narrow the span.</summary>
    public int Recurrences { get; init; }
}

/// <summary>How many items of each kind a policy has.</summary>
public sealed record PolicyItemCounts
{
    /// <summary>Items that allow.</summary>
    public int Allow { get; init; }

    /// <summary>Items that deny.</summary>
    public int Deny { get; init; }

    /// <summary>Items that except from those that allow.</summary>
    public int AllowExceptions { get; init; }

    /// <summary>Items that except from those that deny.</summary>
    public int DenyExceptions { get; init; }

    /// <summary>Masks.</summary>
    public int Masks { get; init; }

    /// <summary>Row filters.</summary>
    public int Filters { get; init; }
}

/// <summary>A policy as Ranger's JSON.</summary>
public sealed record PolicyDetail
{
    /// <summary>What the policy is about.</summary>
    public PolicyKind Kind { get; init; }

    /// <summary>The security zone; null outside zones.</summary>
    public string? Zone { get; init; }

    /// <summary>What of it has no effect, and why; none of a disabled policy.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; }

    /// <summary>The policy as Ranger's JSON, with the members that the service reads.</summary>
    public JsonElement Policy { get; init; }

    /// <summary>The set that it is of.</summary>
    public PolicySetInfo Set { get => field ?? new(); init; }
}

/// <summary>Which policies to list. What is null does not restrict.</summary>
public sealed record PolicyFilter
{
    /// <summary>Only policies whose name or description has this text, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>Only policies of this kind.</summary>
    public PolicyKind? Kind { get; init; }

    /// <summary>Only policies of this security zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Only policies that are enabled, or that are not.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Only policies of which an item names this user, group or role.</summary>
    public string? Principal { get; init; }

    /// <summary>Only policies that concern this securable: <c>table main.sales.customers</c>, or the name alone for any type.</summary>
    public string? Resource { get; init; }

    /// <summary>Most policies of one page, up to 1,000; null for the default of the service, 100.</summary>
    public int? PageSize { get; init; }
}
