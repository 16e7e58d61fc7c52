using System.Text.Json.Serialization;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <summary>A difference between policy and a securable.</summary>
public sealed record DriftItem
{
    /// <summary>The id: the same whenever this difference is found.</summary>
    public string Id { get => field ?? ""; init; }

    /// <summary>The type of the securable.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name of the securable.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>What it is.</summary>
    public DriftKind Kind { get; init; }

    /// <summary>Whether it is reported.</summary>
    public DriftState State { get; init; }

    /// <summary>What a sync would do; null for a grant of others, and where functions of row filters or masks were changed by others.</summary>
    public ChangeAction? Action { get; init; }

    /// <summary>Whose grant; null for row filters and masks.</summary>
    public string? Principal { get; init; }

    /// <summary>The privilege; null for row filters and masks.</summary>
    public string? Privilege { get; init; }

    /// <summary>The masked column; null otherwise.</summary>
    public string? Column { get; init; }

    /// <summary>The policy that asks for the change, or had asked for what is to be taken back; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The name of that policy; null when none is known.</summary>
    public string? PolicyName { get; init; }

    /// <summary>When a VERIFY task or a dry run found it first.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The principal that changed the securable last; null when that is not known.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>When that was; null when that is not known.</summary>
    public DateTimeOffset? ChangeTime { get; init; }

    /// <summary>Why it is ignored; null when it is not.</summary>
    public string? IgnoreReason { get; init; }

    /// <summary>When it is reported again; null when it is not ignored.</summary>
    public DateTimeOffset? IgnoreEndTime { get; init; }

    /// <summary>The subject of the token that ignored it; null when it is not ignored, or that token had none.</summary>
    public string? IgnoredBy { get; init; }

    /// <summary>When it was ignored; null when it is not.</summary>
    public DateTimeOffset? IgnoreTime { get; init; }

    /// <summary>The subject of the token that adopted the grant, which a sync takes back now; null when none did.</summary>
    public string? AdoptedBy { get; init; }

    /// <summary>When it was adopted; null when it was not.</summary>
    public DateTimeOffset? AdoptTime { get; init; }
}

/// <summary>What a difference is.</summary>
[JsonConverter(typeof(WireNameConverter<DriftKind>))]
public enum DriftKind
{
    /// <summary>A kind that this version of the client does not know.</summary>
    Unknown,

    /// <summary>A sync would change it.</summary>
    [JsonStringEnumMemberName("DRIFT")] Drift,

    /// <summary>A grant that others made, that no policy wants, and that the mode leaves.</summary>
    [JsonStringEnumMemberName("FOREIGN")] Foreign,
}

/// <summary>Whether a difference is reported.</summary>
[JsonConverter(typeof(WireNameConverter<DriftState>))]
public enum DriftState
{
    /// <summary>A state that this version of the client does not know.</summary>
    Unknown,

    /// <summary>It is.</summary>
    [JsonStringEnumMemberName("OPEN")] Open,

    /// <summary>It is accepted until a time.</summary>
    [JsonStringEnumMemberName("IGNORED")] Ignored,
}

/// <summary>Which differences are listed. What is null does not limit them.</summary>
public sealed record DriftFilter
{
    /// <summary>Of this kind.</summary>
    public DriftKind? Kind { get; init; }

    /// <summary>Of this state.</summary>
    public DriftState? State { get; init; }

    /// <summary>Of what this pattern covers, for example <c>main.sales</c>.</summary>
    public string? Securable { get; init; }

    /// <summary>Of grants of this principal.</summary>
    public string? Principal { get; init; }

    /// <summary>Most differences of a page, up to 1,000. Null: 100.</summary>
    public int? PageSize { get; init; }
}
