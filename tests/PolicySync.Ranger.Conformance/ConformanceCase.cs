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
}
