namespace PolicySync.Ranger.Conformance;

/// <summary>What became of one case.</summary>
public enum CaseStatus
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>One case of a file.</summary>
/// <param name="Name">Name, as the file has it.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Detail">Why it failed or was skipped.</param>
public sealed record ConformanceCase(string Name, CaseStatus Status, string? Detail = null)
{
    internal static ConformanceCase Skip(string name, string reason) => new(name, CaseStatus.Skipped, reason);

    internal static ConformanceCase Compare<T>(string name, T expected, T actual) =>
        EqualityComparer<T>.Default.Equals(expected, actual)
            ? new(name, CaseStatus.Passed)
            : new(name, CaseStatus.Failed, $"expected {expected}, got {actual}");

    /// <summary>Runs one case. One that cannot be run has failed, and the others of its file go on.</summary>
    internal static ConformanceCase Guard(string name, Func<ConformanceCase> run)
    {
        try
        {
            return run();
        }
        catch (MissingSupportFileException e)
        {
            return Skip(name, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(name, CaseStatus.Failed, Oneline(e));
        }
    }

    internal static string Oneline(Exception e) => $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
}
