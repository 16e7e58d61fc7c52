namespace PolicySync.Core.Tasks;

/// <summary>The policies that a plan is made from.</summary>
/// <param name="Content">The digest of what of them is evaluated, the same for equal policies of any version.</param>
/// <param name="Version">The version number in the download; -1 when it has none.</param>
/// <param name="Stamp">The stamp of the download that was current when the plan was requested.</param>
public sealed record PlanSource(string Content, long Version, string Stamp)
{
    /// <summary>Most warnings that are kept.</summary>
    public const int MaxWarnings = 100;

    /// <summary>The hash of the candidate set, under which it is stored; null for a plan of the current policies.</summary>
    public string? Candidate { get; init; }

    /// <summary>What the caller should know of the policies, for people: the first <see cref="MaxWarnings"/>.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
