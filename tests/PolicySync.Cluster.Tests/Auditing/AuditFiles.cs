namespace PolicySync.Cluster.Tests.Auditing;

/// <summary>The audit stream of all silos of a cluster on this machine, in files of their own, compared with what the workspace recorded.</summary>
internal sealed class AuditFiles : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("audit-");

    /// <summary>The settings of the cluster.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Audit:Sinks:0:Kind", "File"), ("Audit:Sinks:0:Path", Path.Combine(_home.FullName, "audit.log")), ("Audit:Spool", Path.Combine(_home.FullName, "spool")),
        ("Audit:Required", "true"),
    ];

    /// <summary>
    /// Asserts that the changes of the recorded calls are those that events tell of. Silos that were killed leave events in their spools for
    /// those that start after them, so the events are waited for.
    /// </summary>
    /// <param name="calls">All calls since the workspace was made, when nothing changes any more.</param>
    /// <returns>How many there are, in words.</returns>
    public async Task<string> AssertTellsOfAsync(IReadOnlyList<Call> calls)
    {
        Assert.True(calls is [] or [{ Sequence: 1 }, ..], "the record has lost its oldest calls");
        var made = RecordedChanges.Of(calls);
        var told = await Wait.ForAsync(
            () => Task.FromResult(AuditLines.Read(Lines())), told => ChangeCounts.Compare(made, told.Changes).Count == 0, Limit,
            told => string.Join('\n', ChangeCounts.Compare(made, told!.Changes).Take(10)));
        Assert.Empty(told.Contradictions);
        return $"{made.Total} changes made, each told once; {told.Events} events, of which {told.Repeats} were repeats and {told.Recovered} recovered";
    }

    public void Dispose() => _home.Delete(recursive: true);

    // A process may be writing the last line.
    private IEnumerable<string> Lines() => _home.EnumerateFiles("audit*.log*").SelectMany(static file =>
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n')[..^1];
    });
}
