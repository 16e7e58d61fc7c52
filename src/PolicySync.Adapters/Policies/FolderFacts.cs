namespace PolicySync.Adapters.Policies;

/// <summary>
/// What the file system reports about the four files without reading them. Equal facts mean equal contents only if they
/// were <see cref="IsSettled">settled</see> when the contents were read: a file that changes twice within the resolution of
/// its time stamp keeps its facts, but its time stamp is recent.
/// </summary>
internal sealed class FolderFacts : IEquatable<FolderFacts>
{
    /// <summary>
    /// Far more than the resolution of any file system's times (at most 2 s) and than the difference between synchronised
    /// clocks of a file server and this machine.
    /// </summary>
    public static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<FileFacts> _files;

    private FolderFacts(IReadOnlyList<FileFacts> files) => _files = files;

    /// <summary>The current facts; null when the file system does not report them.</summary>
    public static FolderFacts? Of(string folder)
    {
        try
        {
            return new FolderFacts([.. RangerDocuments.Names.Select(name => FileFacts.Of(Path.Combine(folder, name)))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // reading the files reports the reason
        }
    }

    /// <summary>Whether all files were last changed long before <paramref name="now"/>.</summary>
    public bool IsSettled(DateTimeOffset now) => _files.All(file => file.ModifiedAt is not { } at || at + SettlingTime <= now);

    public bool Equals(FolderFacts? other) => other is not null && _files.SequenceEqual(other._files);

    public override bool Equals(object? obj) => Equals(obj as FolderFacts);

    public override int GetHashCode() => _files[0].GetHashCode();

    private sealed record FileFacts(string Path, long Length, DateTimeOffset? ModifiedAt)
    {
        public static FileFacts Of(string path)
        {
            // Of the file, not of a link to it: mounted config maps are replaced by changing a link.
            return RegularFile.Find(path) is { } file
                ? new FileFacts(file.FullName, file.Length, new DateTimeOffset(file.LastWriteTimeUtc))
                : new FileFacts("", 0, null);
        }
    }
}
