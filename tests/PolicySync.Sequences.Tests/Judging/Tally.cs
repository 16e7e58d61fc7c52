using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>What sequences did: a property that nothing happens to proves nothing.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, int> _ends = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _gaps = new(StringComparer.Ordinal);

    public int Sequences { get; set; }

    public int Syncs { get; private set; }

    public int Calls { get; private set; }

    public int Changes { get; private set; }

    /// <summary>Readings that a sync widened.</summary>
    public int Widened { get; set; }

    /// <summary>Of these, such as neither policy nor the time before explains, and a gap told.</summary>
    public int Told { get; set; }

    public void Add(IReadOnlyList<ResourceResult> results, int calls)
    {
        Syncs++;
        Calls += calls;
        Changes += results.Sum(result => result.ChangeCount);
        foreach (var result in results)
        {
            Count(_ends, result.Error is { } error ? $"{error.Code}" : $"{result.Status}");
            foreach (var gap in result.Gaps)
            {
                Count(_gaps, $"{gap.Direction} {WireNames.Of(gap.Code)}");
            }
        }
    }

    public void Add(Tally other)
    {
        (Sequences, Syncs, Calls, Changes) = (Sequences + other.Sequences, Syncs + other.Syncs, Calls + other.Calls, Changes + other.Changes);
        (Widened, Told) = (Widened + other.Widened, Told + other.Told);
        foreach (var (mine, theirs) in new[] { (_ends, other._ends), (_gaps, other._gaps) })
        {
            foreach (var (key, count) in theirs)
            {
                mine[key] = mine.GetValueOrDefault(key) + count;
            }
        }
    }

    public static string Show(IReadOnlyList<ResourceResult> results) => string.Join('\n', results.Select(result =>
        $"{result.Type} {result.FullName}: {result.Status} {result.Message}\n"
        + string.Join('\n', result.Changes.Select(change => $"  {change.Action} {change.Principal} {change.Privilege} {change.Column}")
            .Concat(result.Gaps.Select(gap => $"  {gap.Direction} {WireNames.Of(gap.Code)} {gap.Principal} {gap.Privilege}: {gap.Detail}")))));

    public override string ToString() =>
        $"{Sequences} sequences, {Syncs} syncs, {Calls} calls, {Changes} changes; {Widened} readings widened, {Told} of them told by a gap\n"
        + $"ends: {string.Join(", ", _ends.Select(pair => $"{pair.Key} {pair.Value}"))}\n"
        + $"gaps: {string.Join(", ", _gaps.Select(pair => $"{pair.Key} {pair.Value}"))}";

    private static void Count(SortedDictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
