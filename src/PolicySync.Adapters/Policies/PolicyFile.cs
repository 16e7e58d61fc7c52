using PolicySync.Core.Errors;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Policies;

/// <summary>Reads one file of the policy folder.</summary>
internal static class PolicyFile
{
    /// <summary>Reads <paramref name="name"/> in <paramref name="folder"/>.</summary>
    /// <exception cref="SyncException">The file is there but cannot be read, is empty or no regular file, or is larger than <paramref name="maxSize"/>.</exception>
    public static async Task<PolicyDocument> ReadAsync(string folder, string name, long maxSize, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path) && !Directory.Exists(path) && !IsBrokenLink(path))
        {
            return new PolicyDocument(name, null); // the usual case for three of four: an exception would be dear
        }

        try
        {
            if (RegularFile.Find(path) is { } file && !RegularFile.HasContent(file))
            {
                throw PolicyFiles.Unavailable($"{name} is empty or not a regular file");
            }

            // Others may replace or rewrite the file meanwhile: a reader must never be in their way.
            var stream = new FileStream(path, new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
            await using (stream)
            {
                return new PolicyDocument(name, await BoundedContent.ReadAsync(stream, name, maxSize, cancellation));
            }
        }
        catch (FileNotFoundException) when (!IsBrokenLink(path))
        {
            return new PolicyDocument(name, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PolicyFiles.Unavailable($"{name} cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    // A mounted secret or config map is a link; one that leads nowhere is a file that should be there.
    private static bool IsBrokenLink(string path) => new FileInfo(path).LinkTarget is not null;
}
