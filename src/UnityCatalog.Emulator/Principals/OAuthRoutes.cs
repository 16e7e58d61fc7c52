using System.Globalization;
using System.Text;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Principals;

internal sealed record TokenAnswer(string AccessToken, string TokenType, int ExpiresIn, string Scope);

internal sealed record TokenRefusal(string Error, string ErrorDescription);

internal sealed record OidcConfiguration(
    string Issuer, string AuthorizationEndpoint, string TokenEndpoint, IReadOnlyList<string> GrantTypesSupported);

/// <summary>What SDKs ask a host about itself before they authenticate.</summary>
internal sealed record HostConfiguration(string OidcEndpoint, string AccountId, string WorkspaceId, string Cloud, string HostType);

/// <summary>OAuth machine-to-machine: client credentials of a service principal for a token that expires (reference §1.7).</summary>
internal static class OAuthRoutes
{
    /// <summary>The account that the workspace belongs to.</summary>
    public const string AccountId = "00000000-aaaa-4bbb-8ccc-dddddddddddd";

    public static void Map(RouteTable routes)
    {
        routes.PostAnonymous("/oidc/v1/token", IssueToken);
        routes.GetAnonymous("/oidc/.well-known/oauth-authorization-server", call => Reply.Json(
            new OidcConfiguration($"{Origin(call)}/oidc", $"{Origin(call)}/oidc/v1/authorize", $"{Origin(call)}/oidc/v1/token", ["client_credentials"]),
            WireJson.Shared.OidcConfiguration));
        routes.GetAnonymous("/.well-known/databricks-config", call => Reply.Json(
            new HostConfiguration(
                $"{Origin(call)}/oidc", AccountId, MetastoreRoutes.WorkspaceId.ToString(CultureInfo.InvariantCulture),
                call.Workspace.Metastore.Cloud.ToUpperInvariant(), "workspace"),
            WireJson.Shared.HostConfiguration));
    }

    private static string Origin(Call call) => $"{call.Request.Scheme}://{call.Request.Host}";

    private static Reply IssueToken(Call call)
    {
        var form = call.Form();
        if (form.GetValueOrDefault("grant_type") != "client_credentials")
        {
            return Refuse(400, "unsupported_grant_type", "Only client_credentials is supported.");
        }

        var (clientId, secret) = ReadBasic(call.Request.Headers.Authorization)
            ?? ((string?)form.GetValueOrDefault("client_id") ?? "", (string?)form.GetValueOrDefault("client_secret") ?? "");
        if (call.Workspace.Credentials.FindClient(clientId, secret) is not { } principal)
        {
            return Refuse(401, "invalid_client", "Client authentication failed.");
        }

        var lifetime = call.Workspace.Settings.TokenLifetimeSeconds;
        var token = $"oauth-{call.Workspace.IdOf(principal.Name, call.Number)}";
        call.Workspace.Credentials.AddAccessToken(token, principal, lifetime);
        return Reply.Json(
            new TokenAnswer(token, "Bearer", lifetime, (string?)form.GetValueOrDefault("scope") ?? "all-apis"), WireJson.Shared.TokenAnswer);
    }

    private static (string ClientId, string Secret)? ReadBasic(string? authorization)
    {
        const string scheme = "Basic ";
        if (authorization?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[scheme.Length..].Trim(), bytes, out var length))
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return parts.Length == 2 ? (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1])) : null;
    }

    private static Reply Refuse(int status, string error, string description) =>
        Reply.Json(new TokenRefusal(error, description), WireJson.Shared.TokenRefusal, status);
}
