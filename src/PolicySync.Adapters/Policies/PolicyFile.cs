using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Policies;

/// <summary>Opens one file of the policy folder.</summary>
internal static class PolicyFile
{
    /// <summary>Opens <paramref name="name"/> in <paramref name="folder"/>; null when there is no such file.</summary>
    /// <exception cref="SyncException">The file exists but cannot be read, is empty or is not a regular file.</exception>
    public static FileStream? Open(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path) && !Directory.Exists(path) && !IsBrokenLink(path))
        {
            return null; // the usual case for three of four files: an exception would be slow
        }

        try
        {
            if (RegularFile.Find(path) is { } file && !RegularFile.HasContent(file))
            {
                throw PolicyFiles.Unavailable($"{name} is empty or not a regular file");
            }

            // Others may replace or rewrite the file meanwhile: a reader must not block them.
            return new FileStream(path, new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
        }
        catch (FileNotFoundException) when (!IsBrokenLink(path))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, e);
        }
    }

    /// <summary>Reads from an opened file.</summary>
    /// <exception cref="SyncException">It cannot be read.</exception>
    public static async Task<T> ReadAsync<T>(string name, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, e);
        }
    }

    private static SyncException Unreadable(string name, Exception e) =>
        PolicyFiles.Unavailable($"{name} cannot be read: {e.Message.TrimEnd('.')}", e);

    // A mounted secret or config map is a link; a dangling link is a file that should exist.
    private static bool IsBrokenLink(string path) => new FileInfo(path).LinkTarget is not null;
}
