using System.Collections.Concurrent;
using System.Text;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>
/// Reads a secret from a file. A pipe without a writer or a stalled mount blocks a reader permanently: the wait is bounded, and no
/// other read starts while one is blocked.
/// </summary>
internal static class SecretFile
{
    /// <summary>Longest wait for a secret.</summary>
    public static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(10);

    /// <summary>Largest secret, in bytes.</summary>
    public const int MaxSize = 1024 * 1024;

    private static readonly ConcurrentDictionary<string, Task<string>> Pending = new(StringComparer.Ordinal);

    public static async ValueTask<string> ReadAsync(string path, string origin, CancellationToken cancellation)
    {
        var read = Pending.GetOrAdd(path, static path => Task.Run(() => ReadAllAsync(path)));
        try
        {
            return await read.WaitAsync(LongestRead, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new SyncException(SyncErrorCode.CredentialsRefused, $"{origin} cannot be read: it did not end within {LongestRead}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SyncException(SyncErrorCode.CredentialsRefused, $"{origin} cannot be read: {e.Message.TrimEnd('.')}", e);
        }
        finally
        {
            if (read.IsCompleted)
            {
                Pending.TryRemove(new(path, read));
            }
        }
    }

    private static async Task<string> ReadAllAsync(string path)
    {
        await using var file = File.OpenRead(path);
        var bytes = new byte[MaxSize + 1];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MaxSize ? Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\uFEFF')
            : throw new IOException($"it is larger than {MaxSize} bytes");
    }
}
