using Microsoft.Net.Http.Headers;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>
/// The key of a request: <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header, with or without its quotes), or
/// <c>Repeatability-Request-ID</c> (OASIS Repeatable Requests), whose <c>Repeatability-First-Sent</c> is not needed.
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string OtherHeader = "Repeatability-Request-ID";

    /// <summary>Set on the answer to a request whose task existed already.</summary>
    public const string ReplayedHeader = "Idempotent-Replayed";

    /// <summary>Longest key, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Reads the key, or its fault; neither when there is none.</summary>
    public static (string? Key, Fault? Fault) Read(IHeaderDictionary headers)
    {
        var given = new[] { Header, OtherHeader }.Where(headers.ContainsKey).Select(name => (Name: name, Values: headers[name])).ToList();
        if (given.Count == 0)
        {
            return (null, null);
        }

        if (given.FirstOrDefault(header => header.Values.Count != 1) is { Name: { } twice })
        {
            return (null, new Fault("must appear only once", Header: twice));
        }

        var keys = given.ConvertAll(header => HeaderUtilities.RemoveQuotes(header.Values[0] ?? "").ToString());
        return keys.Count == 2 && keys[0] != keys[1] ? (null, new Fault($"differs from `{Header}`; send one of them", Header: OtherHeader))
            : keys[0] is { Length: >= 1 and <= MaxLength } key && key.All(static c => c is > ' ' and <= '~') ? (key, null)
            : (null, new Fault($"must be 1 to {MaxLength} visible ASCII characters", Header: given[0].Name));
    }
}
