using System.Text.Json.Nodes;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// The address that a request counts as coming from. Ranger's runner trusts forwarded addresses, with three proxies.
/// </summary>
internal static class ClientAddress
{
    private static readonly HashSet<string> TrustedProxies = ["255.255.255.255", "128.101.101.101", "128.101.101.99"];

    public static string? Of(JsonNode request)
    {
        var remote = request["remoteIPAddress"].Text() ?? request["clientIPAddress"].Text();
        var forwarded = request["forwardedAddresses"].Texts();
        return forwarded.Count > 0 && remote is not null && TrustedProxies.Contains(remote) ? forwarded[0] : remote;
    }
}
