namespace PolicySync.Host.Configuration;

/// <summary>Checks files that the configuration names.</summary>
internal static class Files
{
    /// <summary>Returns why the text of <paramref name="path"/> cannot be read, or what <paramref name="judge"/> says about it; null when it is good.</summary>
    public static string? TextFault(string path, Func<string, string?>? judge = null)
    {
        try
        {
            var text = File.ReadAllText(path);
            return string.IsNullOrWhiteSpace(text) ? "the file is empty" : judge?.Invoke(text);
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
