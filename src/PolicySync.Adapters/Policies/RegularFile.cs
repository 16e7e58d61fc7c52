namespace PolicySync.Adapters.Policies;

/// <summary>
/// What the file system reports about a file without opening it: opening a pipe blocks until a writer opens it too.
/// </summary>
internal static class RegularFile
{
    /// <summary>
    /// The file that <paramref name="path"/> names, with links resolved: a mounted config map is a link. Null when it does not exist.
    /// </summary>
    /// <exception cref="IOException">Links form a cycle, or the file system does not answer.</exception>
    public static FileInfo? Find(string path)
    {
        var file = new FileInfo(path);
        var target = file.LinkTarget is null ? file : (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true);
        return target is { Exists: true } ? target : null;
    }

    /// <summary>
    /// Whether <paramref name="file"/> has content. Pipes, sockets and devices have no length, and an empty file is refused as
    /// they are.
    /// </summary>
    public static bool HasContent(FileInfo file) => file.Length > 0;
}
