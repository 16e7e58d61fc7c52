namespace PolicySync.Adapters.Auditing;

/// <summary>
/// Standard output for what is written in lines: the log and the audit sink <c>Stdout</c>. Each write is carried out whole before the
/// next one. Two streams of one pipe could mix, as the system writes at most 4 KiB at once for certain.
/// </summary>
public static class StandardOutput
{
    /// <summary>The one stream. Safe for concurrent use; stays open.</summary>
    public static Stream Stream { get; } = Stream.Synchronized(Console.OpenStandardOutput());
}
