using PolicySync.Core.Errors;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Policies;

/// <summary>Reads a consistent set of the folder's files, and makes the exceptions of both sources.</summary>
internal static class PolicyFiles
{
    private const int MaxTries = 5;

    /// <summary>
    /// The content of the files, from <paramref name="reading"/> or a later reading of them; null when its stamp is
    /// <paramref name="knownStamp"/>.
    /// </summary>
    /// <exception cref="SyncException">The files cannot be read, are incomplete, or keep changing.</exception>
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

    /// <summary>The whole files, for the cache; empty when their stamp is no longer <paramref name="stamp"/>.</summary>
    /// <exception cref="SyncException">They cannot be read.</exception>
    public static IReadOnlyList<PolicyDocument> Contents(string folder, long maxSize, string stamp)
    {
        // Files that cannot be read now are not cached; the next version will be.
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

    /// <summary>The exception of both sources.</summary>
    public static SyncException Unavailable(string reason, Exception? cause = null) =>
        new(SyncErrorCode.PoliciesUnavailable, reason, cause);

    /// <summary>The exception for files that keep changing.</summary>
    public static SyncException KeepChanging() => Unavailable("the policy files keep changing while they are read");
}
