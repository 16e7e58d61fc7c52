using System.Net.Http.Headers;
using System.Text;
using PolicySync.Adapters.Workspaces.Authentication;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Policies;

/// <summary>Signs requests to Ranger Admin.</summary>
internal static class RangerCredential
{
    private const string Section = RangerAdminOptions.Section;

    /// <summary>The header for one check. Files are read each time, so that a rotated secret is used without a restart.</summary>
    /// <exception cref="SyncException">A secret cannot be read or used.</exception>
    public static async Task<AuthenticationHeaderValue> ReadAsync(RangerAdminOptions options, CancellationToken cancellation)
    {
        try
        {
            return options switch
            {
                { Token: { Length: > 0 } token } => Bearer(token, $"{Section}:Token"),
                { TokenFile: { Length: > 0 } path } => Bearer(await FileAsync(path, "TokenFile", cancellation), FileOrigin("TokenFile")),
                { Username: { Length: > 0 } user, Password: { Length: > 0 } password } => Basic(user, password),
                { Username: { Length: > 0 } user, PasswordFile: { Length: > 0 } path } =>
                    // Most files end with a line break, which is not part of the password.
                    Basic(user, (await FileAsync(path, "PasswordFile", cancellation)).TrimEnd('\r', '\n')),
                _ => throw PolicyFiles.Unavailable($"{Section} has no credential"),
            };
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.CredentialsRefused)
        {
            // A credential for Ranger, not for the workspace: without it tasks lack policies.
            throw PolicyFiles.Unavailable(e.Message, e.InnerException);
        }
    }

    private static ValueTask<string> FileAsync(string path, string key, CancellationToken cancellation) =>
        SecretFile.ReadAsync(path, FileOrigin(key), cancellation);

    private static string FileOrigin(string key) => $"the file of {Section}:{key}";

    private static AuthenticationHeaderValue Bearer(string token, string origin) =>
        new("Bearer", AccessToken.From(token, origin).Reveal());

    private static AuthenticationHeaderValue Basic(string user, string password) => password.Length > 0
        ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
        : throw PolicyFiles.Unavailable($"{FileOrigin("PasswordFile")} is empty");
}
