using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Principals;

/// <summary>A user, group or service principal as SCIM shows it (reference §1.5); what a kind lacks is absent.</summary>
internal sealed record ScimResource
{
    public required IReadOnlyList<string> Schemas { get; init; }

    public required string Id { get; init; }

    public string? UserName { get; init; }

    public string? ApplicationId { get; init; }

    public string? DisplayName { get; init; }

    public string? ExternalId { get; init; }

    public bool? Active { get; init; }

    public IReadOnlyList<ScimReference>? Emails { get; init; }

    public IReadOnlyList<ScimReference>? Members { get; init; }

    public IReadOnlyList<ScimReference>? Groups { get; init; }

    public ScimMeta? Meta { get; init; }
}

internal sealed record ScimReference(string Value, string? Display = null, string? Type = null, bool? Primary = null)
{
    [JsonPropertyName("$ref")]
    public string? Ref { get; init; }
}

internal sealed record ScimMeta(string ResourceType);

internal sealed record ScimList(
    IReadOnlyList<string> Schemas,
    int TotalResults,
    int StartIndex,
    int ItemsPerPage,
    [property: JsonPropertyName("Resources")] IReadOnlyList<ScimResource>? Resources);

internal sealed record ScimError(IReadOnlyList<string> Schemas, string Detail, string Status, string? ScimType)
{
    public static Reply Write(ApiException refusal) => Reply.Json(
        new ScimError(
            ["urn:ietf:params:scim:api:messages:2.0:Error"],
            refusal.Message,
            refusal.Status.ToString(System.Globalization.CultureInfo.InvariantCulture),
            refusal.Status switch
            {
                // Refusals of writes are coded by SCIM's own words (RFC 7644 §3.12), and begin with a small letter.
                400 or 409 when char.IsAsciiLetterLower(refusal.Code[0]) => refusal.Code,
                400 => "invalidFilter",
                _ => null,
            }),
        ScimJson.Shared.ScimError,
        refusal.Status);
}

[JsonSerializable(typeof(ScimResource))]
[JsonSerializable(typeof(ScimList))]
[JsonSerializable(typeof(ScimError))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ScimJson : JsonSerializerContext
{
    public static readonly ScimJson Shared = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
