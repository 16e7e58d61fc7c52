using System.Text.Json.Serialization;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Drift;

/// <summary>What a difference is. Names are on the wire and in stored rows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftKind>))]
public enum DriftKind
{
    /// <summary>A sync would change it.</summary>
    [JsonStringEnumMemberName("DRIFT")] Drift,

    /// <summary>A grant that others made, that no policy wants, and that the mode leaves.</summary>
    [JsonStringEnumMemberName("FOREIGN")] Foreign,
}

/// <summary>Whether a difference is reported.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftState>))]
public enum DriftState
{
    /// <summary>It is.</summary>
    [JsonStringEnumMemberName("OPEN")] Open,

    /// <summary>It is accepted until a time.</summary>
    [JsonStringEnumMemberName("IGNORED")] Ignored,
}

/// <summary>One difference between policy and a securable. Two with the same <see cref="Key"/> are one. JSON names are stored.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Action">What a sync would do; null of a foreign grant, and where functions of row filters or masks were changed by others.</param>
/// <param name="Principal">Whose grant; null for row filters and masks.</param>
/// <param name="Privilege">Which; null for row filters and masks.</param>
/// <param name="Column">The masked column; null otherwise.</param>
public sealed record Difference(DriftKind Kind, ChangeAction? Action, string? Principal, string? Privilege, string? Column)
{
    /// <summary>The policy that asks for the change, or had asked for what is to be taken back; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>Its name.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The principal that changed the securable last, where Unity Catalog says so and it was not this service.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>Tells it from other differences of its securable. Spellings of one principal are equal.</summary>
    [JsonIgnore]
    public string Key => string.Join('|', WireNames.Of(Kind), Action is { } action ? WireNames.Of(action) : "",
        Principal is null ? "" : PrincipalKey.Of(Principal), Privilege, Column);

    /// <summary>The change of a plan as a difference.</summary>
    public static Difference Of(ResourceChange change) => new(DriftKind.Drift, change.Action, change.Principal, change.Privilege, change.Column)
    {
        PolicyId = change.PolicyId, PolicyName = change.PolicyName,
    };

    /// <summary>Functions of row filters or masks that are not as the service made them.</summary>
    public static Difference OfFunctions { get; } = new(DriftKind.Drift, null, null, null, null);
}
