namespace PolicySync.Ranger.Conformance;

/// <summary>How many cases ended how.</summary>
internal sealed record Counts(int Passed, int Failed, int Skipped)
{
    public static Counts None { get; } = new(0, 0, 0);

    public static Counts Of(IReadOnlyCollection<ConformanceCase> cases) => new(
        cases.Count(c => c.Status == CaseStatus.Passed),
        cases.Count(c => c.Status == CaseStatus.Failed),
        cases.Count(c => c.Status == CaseStatus.Skipped));

    public static Counts operator +(Counts one, Counts other) =>
        new(one.Passed + other.Passed, one.Failed + other.Failed, one.Skipped + other.Skipped);

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}
