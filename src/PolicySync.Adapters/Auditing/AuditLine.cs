using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PolicySync.Adapters.Auditing;

/// <summary>What is read of a line of the audit stream to send it to a hub.</summary>
/// <param name="Id">The id of the event; null where the line was damaged on the disk.</param>
/// <param name="Key">
/// What must stay in order among itself: the workspace and the full name of the securable; the subject of an event that has none. At most
/// <see cref="MostKeyBytes"/> bytes: a longer one is a hash.
/// </param>
internal sealed record AuditLine(string? Id, string Key)
{
    /// <summary>Longest partition key that Event Hubs takes.</summary>
    public const int MostKeyBytes = 128;

    private const string Damaged = "damaged";

    public static AuditLine Of(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return new AuditLine(Text(root, "id"), Shortened(KeyOf(root)));
        }
        catch (JsonException)
        {
            return new AuditLine(null, Damaged);
        }
    }

    private static string KeyOf(JsonElement root) =>
        Member(root, "data") is { } data && Member(data, "securable") is { } securable && Text(securable, "fullName") is { } name
            ? $"{Text(securable, "workspace")}/{name}"
            : Text(root, "subject") ?? Damaged;

    private static string Shortened(string key) => Encoding.UTF8.GetByteCount(key) <= MostKeyBytes ? key
        : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;
}
