using Microsoft.IdentityModel.Tokens;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Auth;

/// <summary>
/// Reads the keys of <c>Auth:PublicKeyFile</c>, again when the file changes. A rotation needs no restart: write the old and the new key,
/// change the signer, then remove the old key.
/// </summary>
internal sealed partial class PublicKeyFile(string path, TimeProvider time, ILogger<PublicKeyFile> logger)
{
    /// <summary>How long keys are used before the file is read again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private IReadOnlyList<SecurityKey> _keys = [];
    private string _text = "";
    private long? _read;

    /// <summary>Returns why the keys in <paramref name="path"/> cannot be used; null when they can.</summary>
    public static string? Fault(string path)
    {
        try
        {
            PublicKeys.Parse(File.ReadAllText(path));
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Files.Fault(path, e);
        }
    }

    /// <summary>Returns the keys that may sign tokens.</summary>
    public IReadOnlyList<SecurityKey> Current()
    {
        lock (_gate)
        {
            if (_read is not { } read || time.GetElapsedTime(read) >= MaxAge)
            {
                Refresh();
                _read = time.GetTimestamp();
            }

            return _keys;
        }
    }

    /// <summary>
    /// Compares the text, not the time stamp: a mounted Kubernetes secret changes behind a link that does not. While the file is
    /// missing or damaged, the last keys stay valid, so that a half-finished replacement does not lock everyone out.
    /// </summary>
    private void Refresh()
    {
        try
        {
            var text = File.ReadAllText(path);
            if (text != _text)
            {
                _keys = PublicKeys.Parse(text);
                _text = text;
                LogRead(path, _keys.Count);
            }
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            LogKept(path, e.Message);
        }
    }

    [LoggerMessage(EventId = 1100, Level = LogLevel.Information, Message = "Read {Count} public keys from {Path}")]
    private partial void LogRead(string path, int count);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Keeping the last public keys, as {Path} cannot be used: {Reason}")]
    private partial void LogKept(string path, string reason);
}
