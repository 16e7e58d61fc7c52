using System.Text.Json;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Auth;

/// <summary>
/// The claim that limits a token to securables: patterns in the form of <c>Sync:Managed</c>, as a list or as one text with spaces.
/// A token without it is not limited. A claim that cannot be read must not count as absent, as that would give access to everything.
/// </summary>
internal static class SecurableClaim
{
    public const string Name = "policysync.securables";

    /// <summary>Most patterns. Each resource of a request, and of each task of a list, is compared with all of them.</summary>
    public const int MaxPatterns = 1_000;

    /// <summary>Reads the claim; null when it is not a list of patterns.</summary>
    /// <param name="payload">The payload of a verified token.</param>
    public static SecurableRights? Read(JsonElement payload)
    {
        var claims = payload.EnumerateObject().Where(claim => claim.Name.Equals(Name, StringComparison.OrdinalIgnoreCase)).ToList();
        return claims switch
        {
            [] => SecurableRights.All,
            [var claim] when claim.Name == Name && Texts(claim.Value) is { Count: <= MaxPatterns } texts && texts.TrueForAll(IsPattern) =>
                SecurableRights.Of(texts.ConvertAll(NamePattern.Parse)),
            _ => null, // in another case, twice, or of another form
        };
    }

    private static List<string>? Texts(JsonElement claim) => claim.ValueKind switch
    {
        JsonValueKind.String => [.. claim.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        JsonValueKind.Array when claim.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. claim.EnumerateArray().Select(item => item.GetString()!)],
        _ => null,
    };

    private static bool IsPattern(string text) => NamePattern.Fault(text) is null && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
}
