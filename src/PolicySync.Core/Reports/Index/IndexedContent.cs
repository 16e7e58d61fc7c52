using System.Text.Json.Serialization;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Reports.Index;

// Contents of rows of the index. Member names are stored: they never change, and a missing member has its default.

/// <summary>What a principal holds on a securable itself.</summary>
public sealed record IndexedPrincipal
{
    /// <summary>The name, as Unity Catalog spells it.</summary>
    [JsonPropertyName("name")] public string Name { get; init; } = "";

    /// <summary>Whether it owns the securable.</summary>
    [JsonPropertyName("owns")] public bool Owns { get; init; }

    /// <summary>Its direct grants, sorted by privilege.</summary>
    [JsonPropertyName("grants")] public IReadOnlyList<IndexedGrant> Grants { get; init; } = [];
}

/// <summary>A direct grant of a principal.</summary>
public sealed record IndexedGrant
{
    /// <summary>Upper case with underscores.</summary>
    [JsonPropertyName("privilege")] public string Privilege { get; init; } = "";

    /// <summary>Whether the service made it.</summary>
    [JsonPropertyName("ours")] public bool IsOurs { get; init; }

    /// <summary>The policy that asked for it; null when none is known.</summary>
    [JsonPropertyName("policyId")] public long? PolicyId { get; init; }

    /// <summary>The name of that policy.</summary>
    [JsonPropertyName("policyName")] public string? PolicyName { get; init; }

    /// <summary>The task that made it; null for a grant of another party.</summary>
    [JsonPropertyName("taskId")] public string? TaskId { get; init; }

    /// <summary>When the service made it, or first saw that of another party.</summary>
    [JsonPropertyName("since")] public DateTimeOffset? Since { get; init; }
}

/// <summary>What a policy did on a securable.</summary>
public sealed record IndexedPolicy
{
    /// <summary>Most grants of a row.</summary>
    public const int MaxGrants = 100;

    /// <summary>The name of the policy.</summary>
    [JsonPropertyName("name")] public string? Name { get; init; }

    /// <summary>The first grants that it asked for, sorted.</summary>
    [JsonPropertyName("grants")] public IReadOnlyList<PolicyGrant> Grants { get; init; } = [];

    /// <summary>The number of its grants.</summary>
    [JsonPropertyName("grantCount")] public int GrantCount { get; init; }

    /// <summary>Whether the row filter of the table is that of the policy.</summary>
    [JsonPropertyName("filters")] public bool Filters { get; init; }

    /// <summary>Columns whose mask is that of the policy.</summary>
    [JsonPropertyName("masked")] public IReadOnlyList<string> MaskedColumns { get; init; } = [];
}

/// <summary>A grant that a policy asked for.</summary>
/// <param name="Principal">The principal.</param>
/// <param name="Privilege">The privilege, in upper case.</param>
public sealed record PolicyGrant(
    [property: JsonPropertyName("principal")] string Principal, [property: JsonPropertyName("privilege")] string Privilege);

/// <summary>What a policy could not do on a securable.</summary>
public sealed record IndexedGaps
{
    /// <summary>Most gaps of a row.</summary>
    public const int MaxGaps = 100;

    /// <summary>The first ones, sorted.</summary>
    [JsonPropertyName("gaps")] public IReadOnlyList<IndexedGap> Gaps { get; init; } = [];

    /// <summary>Their number.</summary>
    [JsonPropertyName("gapCount")] public int GapCount { get; init; }
}

/// <summary>What a list of securables shows of one, as the last sync that ended well left it.</summary>
public sealed record IndexedSummary
{
    /// <summary>The number of direct grants that the service made.</summary>
    [JsonPropertyName("own")] public int Own { get; init; }

    /// <summary>The number of direct grants of other parties.</summary>
    [JsonPropertyName("foreign")] public int Foreign { get; init; }

    /// <summary>Whether it has a row filter of the service.</summary>
    [JsonPropertyName("filters")] public bool Filters { get; init; }

    /// <summary>The number of its masks of the service.</summary>
    [JsonPropertyName("masks")] public int Masks { get; init; }

    /// <summary>The number of differences from policy, those included that the mode leaves.</summary>
    [JsonPropertyName("gaps")] public int Gaps { get; init; }

    /// <summary>How many of them are access that policy does not give.</summary>
    [JsonPropertyName("exposed")] public int Exposed { get; init; }
}

/// <summary>Why the last sync of a securable failed.</summary>
public sealed record IndexedFailure
{
    /// <summary>The wire name of its code. A later build may know more codes.</summary>
    [JsonPropertyName("code")] public string Code { get; init; } = "";
}

/// <summary>A gap without its words, which are in the results of tasks.</summary>
/// <param name="Code">Why.</param>
/// <param name="Direction">Whether policy gives more, or Unity Catalog.</param>
/// <param name="Principal">The principal; null when it concerns no single one.</param>
/// <param name="Privilege">The privilege; null when it concerns all.</param>
public sealed record IndexedGap(
    [property: JsonPropertyName("code")] GapCode Code,
    [property: JsonPropertyName("direction")] GapDirection Direction,
    [property: JsonPropertyName("principal")] string? Principal,
    [property: JsonPropertyName("privilege")] string? Privilege);
