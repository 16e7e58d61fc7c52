using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>Reads a secret from a file.</summary>
internal static class SecretFile
{
    public static async ValueTask<string> ReadAsync(string path, string origin, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SyncException(SyncErrorCode.CredentialsRefused, $"{origin} cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }
}
