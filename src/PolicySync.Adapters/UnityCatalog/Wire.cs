using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>An object of any type; every member may be absent.</summary>
internal sealed record ObjectAnswer
{
    public string? Name { get; init; }

    public string? FullName { get; init; }

    public string? Owner { get; init; }

    public long? CreatedAt { get; init; }

    public long? UpdatedAt { get; init; }

    public string? UpdatedBy { get; init; }

    public string? TableType { get; init; }

    public string? SchemaId { get; init; }

    public string? TableId { get; init; }

    public string? FunctionId { get; init; }

    public string? VolumeId { get; init; }

    public string? ConnectionId { get; init; }

    public string? MetastoreId { get; init; }

    /// <summary>Of credentials.</summary>
    public string? Id { get; init; }

    /// <summary>Of credentials: <c>SERVICE</c> or <c>STORAGE</c>.</summary>
    public string? Purpose { get; init; }
}

/// <summary>A page of a listing; the array has the name of what is listed, and is absent when empty.</summary>
internal sealed record ObjectPageAnswer
{
    public IReadOnlyList<ObjectAnswer?>? Catalogs { get; init; }

    public IReadOnlyList<ObjectAnswer?>? Schemas { get; init; }

    public IReadOnlyList<ObjectAnswer?>? Tables { get; init; }

    public IReadOnlyList<ObjectAnswer?>? Functions { get; init; }

    public IReadOnlyList<ObjectAnswer?>? Volumes { get; init; }

    public IReadOnlyList<ObjectAnswer?>? RegisteredModels { get; init; }

    public IReadOnlyList<ObjectAnswer?>? ExternalLocations { get; init; }

    public IReadOnlyList<ObjectAnswer?>? StorageCredentials { get; init; }

    public IReadOnlyList<ObjectAnswer?>? Credentials { get; init; }

    public IReadOnlyList<ObjectAnswer?>? Connections { get; init; }

    public IReadOnlyList<ObjectAnswer?>? Metastores { get; init; }

    public string? NextPageToken { get; init; }

    /// <summary>Members that no listing has.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>A page of the names of tables in a catalog; the array is absent when empty.</summary>
internal sealed record TableSummariesAnswer
{
    public IReadOnlyList<TableSummaryAnswer?>? Tables { get; init; }

    public string? NextPageToken { get; init; }

    /// <summary>Members that no such list has.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>The name of a table.</summary>
internal sealed record TableSummaryAnswer
{
    public string? FullName { get; init; }

    public string? TableType { get; init; }
}

/// <summary>A page of direct assignments.</summary>
internal sealed record PermissionsAnswer
{
    public IReadOnlyList<AssignmentAnswer?>? PrivilegeAssignments { get; init; }

    public string? NextPageToken { get; init; }

    /// <summary>Members that no such answer has.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>One assignment; a deleted principal has an id only.</summary>
internal sealed record AssignmentAnswer
{
    public string? Principal { get; init; }

    public long? PrincipalId { get; init; }

    public IReadOnlyList<string?>? Privileges { get; init; }
}

/// <summary>A page of effective assignments.</summary>
internal sealed record EffectivePermissionsAnswer
{
    public IReadOnlyList<EffectiveAssignmentAnswer?>? PrivilegeAssignments { get; init; }

    public string? NextPageToken { get; init; }

    /// <summary>Members that no such answer has.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>The privileges of one principal and where they are inherited from.</summary>
internal sealed record EffectiveAssignmentAnswer
{
    public string? Principal { get; init; }

    public long? PrincipalId { get; init; }

    public IReadOnlyList<EffectivePrivilegeAnswer?>? Privileges { get; init; }
}

/// <summary>A privilege; a direct one has no origin.</summary>
internal sealed record EffectivePrivilegeAnswer
{
    public string? Privilege { get; init; }

    public string? InheritedFromType { get; init; }

    public string? InheritedFromName { get; init; }
}

/// <summary>The metastore of the workspace.</summary>
internal sealed record MetastoreAnswer
{
    public string? Owner { get; init; }
}

/// <summary>A page of attribute-based policies.</summary>
internal sealed record PoliciesAnswer
{
    public IReadOnlyList<PolicyAnswer?>? Policies { get; init; }

    public string? NextPageToken { get; init; }
}

/// <summary>An attribute-based policy; for types other than GRANT only the type is read.</summary>
internal sealed record PolicyAnswer
{
    public string? Name { get; init; }

    public string? PolicyType { get; init; }

    public IReadOnlyList<string?>? ToPrincipals { get; init; }

    public PolicyGrantAnswer? Grant { get; init; }
}

/// <summary>What a policy of type GRANT gives.</summary>
internal sealed record PolicyGrantAnswer
{
    public IReadOnlyList<string?>? Privileges { get; init; }
}

/// <summary>The body of a PATCH.</summary>
internal sealed record PermissionsUpdate(IReadOnlyList<PrincipalUpdate> Changes);

/// <summary>One principal's change: exactly one of name and id; absent lists instead of empty ones.</summary>
internal sealed record PrincipalUpdate(
    string? Principal, long? PrincipalId, IReadOnlyList<string>? Add, IReadOnlyList<string>? Remove);

/// <summary>
/// Snake case, absent for null. Numbers may come as text: <c>principal_id</c> is an int64, which protobuf's JSON form
/// writes as a string.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(ObjectAnswer))]
[JsonSerializable(typeof(ObjectPageAnswer))]
[JsonSerializable(typeof(TableSummariesAnswer))]
[JsonSerializable(typeof(PermissionsAnswer))]
[JsonSerializable(typeof(EffectivePermissionsAnswer))]
[JsonSerializable(typeof(PoliciesAnswer))]
[JsonSerializable(typeof(MetastoreAnswer))]
[JsonSerializable(typeof(PermissionsUpdate))]
internal sealed partial class UnityCatalogJson : JsonSerializerContext;
