namespace PolicySync.Client.Http;

/// <summary>
/// A token in a file, read for each request: a file of this size costs less to read than to watch. While the file is being replaced and cannot
/// be read, the last token is used.
/// </summary>
internal sealed class TokenFile(string path)
{
    private string? _last;

    public async ValueTask<string> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            if ((await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false)).Trim() is { Length: > 0 } token)
            {
                return _last = token;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && _last is null)
        {
            throw new InvalidOperationException($"the token file {path} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A replacement is under way, or will be seen when the service refuses the last token.
        }

        return _last ?? throw new InvalidOperationException($"the token file {path} is empty; write a token into it");
    }
}
