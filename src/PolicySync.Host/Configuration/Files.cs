namespace PolicySync.Host.Configuration;

/// <summary>Checks files that the configuration names.</summary>
internal static class Files
{
    /// <summary>Returns why the text of <paramref name="path"/> cannot be read; null when it can.</summary>
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

    /// <summary>Describes exception <paramref name="e"/> of reading <paramref name="path"/>.</summary>
    public static string Fault(string path, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"there is no file `{path}`",
        UnauthorizedAccessException => $"`{path}` may not be read",
        _ => $"`{path}` cannot be read",
    };
}
