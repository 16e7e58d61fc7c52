namespace PolicySync.Cli.Connections;

/// <summary>Files that only their owner can read.</summary>
internal static class PrivateFile
{
    /// <summary>Creates a file in the place of one that is there. It has its mode before it has content. Text is UTF-8.</summary>
    public static StreamWriter Create(string path)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new StreamWriter(path, options);
    }
}
