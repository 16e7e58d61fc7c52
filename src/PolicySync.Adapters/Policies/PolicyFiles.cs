using PolicySync.Core.Errors;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Policies;

/// <summary>The files of the folder as they stood together at one time, and how both sources fail.</summary>
internal static class PolicyFiles
{
    private const int MaxTries = 5;

    /// <summary>
    /// What the files hold under a stamp that <paramref name="reading"/> or a later one of the same files has; null when that is
    /// <paramref name="knownStamp"/>.
    /// </summary>
    /// <exception cref="SyncException">They cannot be read, are not whole, or do not come to rest.</exception>
    public static async Task<PolicyDownload?> FindAsync(
        FolderReading reading, string folder, long maxSize, string? knownStamp, CancellationToken cancellation)
    {
        for (var tries = 1; tries < MaxTries; tries++)
        {
            if (string.Equals(reading.Stamp, knownStamp, StringComparison.Ordinal))
            {
                return null;
            }

            if (await reading.FindAsync(cancellation) is { } download)
            {
                return download;
            }

            reading = await FolderReading.ReadAsync(folder, maxSize, cancellation);
        }

        throw KeepChanging();
    }

    /// <summary>The files as a whole, for whoever keeps them; nothing when they are no longer those of <paramref name="stamp"/>.</summary>
    /// <exception cref="SyncException">They cannot be read.</exception>
    public static IReadOnlyList<PolicyDocument> Contents(string folder, long maxSize, string stamp)
    {
        // What cannot be read now is not kept, and the next version is.
        var documents = RangerDocuments.Names.Select(name => new PolicyDocument(name, ContentOf(folder, name, maxSize))).ToList();
        return RangerDocuments.Of(documents)?.Stamp == stamp ? documents : [];
    }

    private static byte[]? ContentOf(string folder, string name, long maxSize)
    {
        using var file = PolicyFile.Open(folder, name);
        if (file is null)
        {
            return null;
        }

        var content = new byte[Math.Min(file.Length, maxSize)];
        return content[..file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    /// <summary>The one kind of failure of either source.</summary>
    public static SyncException Unavailable(string reason, Exception? cause = null) =>
        new(SyncErrorCode.PoliciesUnavailable, reason, cause);

    /// <summary>The files do not come to rest.</summary>
    public static SyncException KeepChanging() => Unavailable("the policy files keep changing while they are read");
}
