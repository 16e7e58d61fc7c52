namespace PolicySync.Host.Configuration;

/// <summary>Whether files that the configuration names can be used.</summary>
internal static class Files
{
    /// <summary>What keeps the text of <paramref name="path"/> from being read; null when nothing does.</summary>
    public static string? TextFault(string path)
    {
        try
        {
            return string.IsNullOrWhiteSpace(File.ReadAllText(path)) ? "the file is empty" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Fault(path, e);
        }
    }

    /// <summary>The reason in few words; <paramref name="e"/> came from reading <paramref name="path"/>.</summary>
    public static string Fault(string path, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"there is no file `{path}`",
        UnauthorizedAccessException => $"`{path}` may not be read",
        _ => $"`{path}` cannot be read",
    };
}
