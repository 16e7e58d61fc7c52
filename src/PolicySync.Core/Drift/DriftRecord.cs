using PolicySync.Core.Securables;

namespace PolicySync.Core.Drift;

/// <summary>The differences of one securable, as they are stored. Immutable.</summary>
/// <param name="Securable">The securable.</param>
/// <param name="Entries">Its differences, at most <see cref="MaxEntries"/>.</param>
/// <param name="Version">The version of the stored row; null when there is none.</param>
public sealed record DriftRecord(Securable Securable, IReadOnlyList<DriftEntry> Entries, string? Version)
{
    /// <summary>Most differences of a securable that are kept.</summary>
    public const int MaxEntries = 1_000;

    /// <summary>The record of a securable without differences.</summary>
    public static DriftRecord NoneOf(Securable securable) => new(securable, [], null);

    /// <summary>
    /// The record after a run. What the run looked at and did not find is gone; what stays keeps its time and its acceptance. The same
    /// instance when nothing changes.
    /// </summary>
    /// <param name="found">The differences that the run found.</param>
    /// <param name="sees">Whether the run would have found a difference.</param>
    /// <param name="adds">Whether new differences are recorded.</param>
    /// <param name="now">The time of the run.</param>
    public DriftRecord After(IReadOnlyList<Difference> found, Func<Difference, bool> sees, bool adds, DateTimeOffset now)
    {
        var keys = found.Select(difference => difference.Key).ToHashSet(StringComparer.Ordinal);
        List<DriftEntry> kept = [.. Entries.Where(entry => keys.Contains(entry.Difference.Key) || !sees(entry.Difference))];
        var known = kept.Select(entry => entry.Difference.Key).ToHashSet(StringComparer.Ordinal);
        List<DriftEntry> added = adds
            ? [.. found.Where(difference => known.Add(difference.Key)).Select(difference => new DriftEntry(difference, now)).Take(Math.Max(0, MaxEntries - kept.Count))]
            : [];
        return kept.Count == Entries.Count && added.Count == 0 ? this : this with { Entries = [.. kept, .. added] };
    }

    /// <summary>
    /// The record with what an earlier one had: differences that are missing, and acceptances of those that have none. The same instance when
    /// nothing is missing.
    /// </summary>
    public DriftRecord WithMissing(IReadOnlyList<DriftEntry> earlier)
    {
        var known = Entries.ToDictionary(entry => entry.Difference.Key, StringComparer.Ordinal);
        var accepted = earlier.Where(entry => entry.Accepted is not null && known.TryGetValue(entry.Difference.Key, out var own) && own.Accepted is null)
            .ToDictionary(entry => entry.Difference.Key, entry => entry.Accepted, StringComparer.Ordinal);
        List<DriftEntry> missing = [.. earlier.DistinctBy(entry => entry.Difference.Key).Where(entry => !known.ContainsKey(entry.Difference.Key))
            .Take(Math.Max(0, MaxEntries - Entries.Count))];
        return accepted.Count == 0 && missing.Count == 0 ? this : this with
        {
            Entries =
            [
                .. Entries.Select(entry => accepted.TryGetValue(entry.Difference.Key, out var acceptance) ? entry with { Accepted = acceptance } : entry), .. missing,
            ],
        };
    }

    /// <summary>The record with another entry in place of the one with the same difference.</summary>
    public DriftRecord With(DriftEntry changed) =>
        this with { Entries = [.. Entries.Select(entry => entry.Difference.Key == changed.Difference.Key ? changed : entry)] };

    /// <summary>
    /// Since when the securable has drift that is reported at <paramref name="now"/>: when the oldest was found first. Null when it has
    /// no such drift. Grants of others that the mode leaves are not drift.
    /// </summary>
    public DateTimeOffset? DriftSince(DateTimeOffset now) => Entries
        .Where(entry => entry.Difference.Kind == DriftKind.Drift && entry.StateAt(now) == DriftState.Open)
        .Min(entry => (DateTimeOffset?)entry.Since);

    /// <summary>Keys of the differences that are accepted at <paramref name="now"/>.</summary>
    public IReadOnlySet<string> IgnoredAt(DateTimeOffset now) => Entries.Where(entry => entry.StateAt(now) == DriftState.Ignored)
        .Select(entry => entry.Difference.Key).ToHashSet(StringComparer.Ordinal);
}
