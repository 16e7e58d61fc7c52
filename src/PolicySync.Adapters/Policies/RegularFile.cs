namespace PolicySync.Adapters.Policies;

/// <summary>
/// What the file system says of a file without opening it: opening a pipe waits for somebody to write, for ever if nobody
/// does.
/// </summary>
internal static class RegularFile
{
    /// <summary>
    /// The file that <paramref name="path"/> names, through links: a mounted config map is a link. Null when there is none.
    /// </summary>
    /// <exception cref="IOException">Links run in a circle, or the file system does not tell.</exception>
    public static FileInfo? Find(string path)
    {
        var file = new FileInfo(path);
        var target = file.LinkTarget is null ? file : (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true);
        return target is { Exists: true } ? target : null;
    }

    /// <summary>
    /// Whether opening <paramref name="file"/> can give anything. A pipe, a socket or a device has no length; neither has an
    /// empty file, which is worth as little.
    /// </summary>
    public static bool HasContent(FileInfo file) => file.Length > 0;
}
