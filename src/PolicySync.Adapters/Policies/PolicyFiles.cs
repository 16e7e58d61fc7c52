using PolicySync.Core.Errors;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Policies;

/// <summary>The files of the folder as they stood together at one time.</summary>
internal static class PolicyFiles
{
    private const int MaxTries = 5;

    /// <summary>
    /// Reads all files until two readings in a row are equal, so that no file changed while another was read.
    /// </summary>
    /// <exception cref="SyncException">The folder is not there, a file cannot be read, or they do not come to rest.</exception>
    public static async Task<RangerDocuments> ReadAsync(string folder, long maxSize, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            throw Unavailable("the folder of PolicySync:Policies:Folder does not exist");
        }

        var before = await ReadOnceAsync(folder, maxSize, cancellation);
        for (var tries = 1; tries < MaxTries; tries++)
        {
            var after = await ReadOnceAsync(folder, maxSize, cancellation);
            if (string.Equals(before.Stamp, after.Stamp, StringComparison.Ordinal))
            {
                return after;
            }

            before = after;
        }

        throw Unavailable("the policy files keep changing while they are read");
    }

    /// <summary>The one kind of failure of this source.</summary>
    public static SyncException Unavailable(string reason, Exception? cause = null) =>
        new(SyncErrorCode.PoliciesUnavailable, reason, cause);

    private static async Task<RangerDocuments> ReadOnceAsync(string folder, long maxSize, CancellationToken cancellation) => new(
        await PolicyFile.ReadAsync(folder, RangerDocuments.PoliciesName, maxSize, cancellation),
        await PolicyFile.ReadAsync(folder, RangerDocuments.RolesName, maxSize, cancellation),
        await PolicyFile.ReadAsync(folder, RangerDocuments.UserStoreName, maxSize, cancellation),
        await PolicyFile.ReadAsync(folder, RangerDocuments.TagsName, maxSize, cancellation));
}
