using System.Text.Json.Serialization;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;

namespace PolicySync.Core.Planning;

/// <summary>One grant that the service made. The JSON names are stored state: they never change.</summary>
public sealed record LedgerEntry
{
    /// <summary>The principal's name as it was sent.</summary>
    [JsonPropertyName("principal")]
    public string Principal { get; init; } = "";

    /// <summary>
    /// Unity Catalog's id of the principal, from the read that showed the grant. It distinguishes a recreated group from
    /// the one that the grant was made to.
    /// </summary>
    [JsonPropertyName("principalId")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? PrincipalId { get; init; }

    /// <summary>True once Unity Catalog shows the grant without a name: the principal was deleted.</summary>
    [JsonPropertyName("deleted")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Deleted { get; init; }

    /// <summary>Upper case with underscores.</summary>
    [JsonPropertyName("privilege")]
    public string Privilege { get; init; } = "";

    /// <summary>The policy that asked for the grant when it was made.</summary>
    [JsonPropertyName("policyId")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? PolicyId { get; init; }

    /// <summary>That policy's name then.</summary>
    [JsonPropertyName("policyName")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PolicyName { get; init; }

    /// <summary>The task whose run made or adopted it.</summary>
    [JsonPropertyName("taskId")]
    public string TaskId { get; init; } = "";

    /// <summary>The subject that had the service adopt a grant of others; null of every other grant.</summary>
    [JsonPropertyName("adoptedBy")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AdoptedBy { get; init; }

    /// <summary>When its intent was written.</summary>
    [JsonPropertyName("grantedAt")]
    public DateTimeOffset GrantedAt { get; init; }

    /// <summary>The form in which the principal compares.</summary>
    [JsonIgnore]
    public string Key => Deleted ? PrincipalKey.OfDeleted(PrincipalId) : PrincipalKey.Of(Principal);

    /// <summary>Whether an assignment shows this grant: the id of its principal decides where both sides know it.</summary>
    public bool IsShownBy(Assignment assignment) =>
        assignment.Privileges.Contains(Privilege)
        && (PrincipalId is { } id && assignment.PrincipalId is { } shown
            ? id == shown
            : !assignment.IsDeletedPrincipal && PrincipalKey.Of(assignment.Principal) == Key);

    /// <summary>
    /// Returns the entry with what a read now shows of the principal: an id, a new name, or that it was deleted.
    /// </summary>
    internal LedgerEntry Following(Holder holder) => holder.Key == Key && (PrincipalId ?? holder.PrincipalId) == PrincipalId
        ? this
        : this with
        {
            Principal = holder.IsDeleted ? Principal : holder.Name,
            PrincipalId = holder.PrincipalId ?? PrincipalId,
            Deleted = holder.IsDeleted,
        };
}
