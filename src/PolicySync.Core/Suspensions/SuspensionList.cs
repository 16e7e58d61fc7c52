using PolicySync.Core.Securables;

namespace PolicySync.Core.Suspensions;

/// <summary>The suspensions at one time, as they were read. Immutable.</summary>
public sealed class SuspensionList(IReadOnlyList<Suspension> suspensions)
{
    /// <summary>There are none.</summary>
    public static SuspensionList None { get; } = new([]);

    /// <summary>The suspension in force that covers <paramref name="securable"/>, of several the one that ends last; null when none does.</summary>
    public Suspension? Find(Securable securable, DateTimeOffset now) => suspensions.Count == 0 ? null : suspensions
        .Where(suspension => suspension.IsInForce(now) && suspension.Pattern.Covers(securable))
        .MaxBy(suspension => suspension.EndTime);
}
