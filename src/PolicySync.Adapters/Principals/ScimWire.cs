using System.Text.Json.Serialization;

namespace PolicySync.Adapters.Principals;

/// <summary>A page of a SCIM list.</summary>
internal sealed record ScimPage
{
    // The only member of SCIM with a capital letter.
    [JsonPropertyName("Resources")]
    public IReadOnlyList<ScimResource?>? Resources { get; init; }

    public int? TotalResults { get; init; }
}

/// <summary>A user, service principal or group; every member may be absent.</summary>
internal sealed record ScimResource
{
    public string? Id { get; init; }

    public string? UserName { get; init; }

    public string? ApplicationId { get; init; }

    public string? DisplayName { get; init; }

    public bool? Active { get; init; }

    public ScimMeta? Meta { get; init; }

    public IReadOnlyList<ScimReference?>? Members { get; init; }

    public IReadOnlyList<ScimReference?>? Groups { get; init; }
}

/// <summary>What kind of resource it is.</summary>
internal sealed record ScimMeta(string? ResourceType);

/// <summary>A member of a group, or a group that someone is in.</summary>
internal sealed record ScimReference(string? Value, string? Display, string? Type);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(ScimPage))]
[JsonSerializable(typeof(ScimResource))]
internal sealed partial class ScimJson : JsonSerializerContext;
