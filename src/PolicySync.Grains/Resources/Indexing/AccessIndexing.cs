using PolicySync.Core.Planning;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources.Indexing;

/// <summary>What a run changes in the index.</summary>
/// <param name="Rows">Rows to write, or to remove where the content is null. Empty when the index is as it is to be.</param>
/// <param name="Next">What the state has afterwards.</param>
/// <param name="HasNews">Whether the state differs from what is recorded.</param>
internal sealed record IndexChange(IReadOnlyDictionary<string, string?> Rows, SeenAccess Next, bool HasNews);

/// <summary>
/// Compares what the index is to have of a securable with what the state says that it has. Before a row is written, the stored state
/// has it in doubt; so a crash between the two is found by the next run, which writes the row again. Pure.
/// </summary>
internal static class AccessIndexing
{
    /// <summary>The change that a run ends with.</summary>
    /// <param name="plan">The last plan, without steps.</param>
    /// <param name="ledger">The ledger that the run records.</param>
    /// <param name="gaps">What stays different from policy; null when the run saw a part of the securable only.</param>
    /// <param name="state">What is recorded.</param>
    /// <param name="generation">The generation of the index.</param>
    /// <param name="now">The time.</param>
    public static IndexChange Compare(RunPlan plan, Ledger ledger, IReadOnlyList<Gap>? gaps, ResourceState state, string generation, DateTimeOffset now)
    {
        var known = state.Seen ?? new SeenAccess();
        var rowsBefore = known.Generation == generation ? known.Rows : InDoubtAll(known.Rows);
        var facts = plan.Inputs.Facts;
        var indexed = IndexedSecurable.Of(
            facts, plan.Current.Grants, ledger, state.MadeFunctions, gaps, [.. known.Foreign.Select(grant => grant.ToForeign())], now);
        var digests = indexed.Rows.ToDictionary(row => row.Key, row => IndexedSecurable.DigestOf(row.Value), StringComparer.Ordinal);
        var rows = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, _) in digests.Where(row => rowsBefore.GetValueOrDefault(row.Key) != row.Value))
        {
            rows[key] = indexed.Rows[key];
        }

        foreach (var (key, digest) in rowsBefore.Where(row => !digests.ContainsKey(row.Key)))
        {
            if (gaps is null && AccessIndexKey.NeedsWholeRun(key))
            {
                digests[key] = digest; // not looked at
            }
            else
            {
                rows[key] = null;
            }
        }

        var next = new SeenAccess
        {
            Securable = facts.Securable.ToString(), Rows = digests, Foreign = [.. indexed.Foreign.Select(SeenGrant.Of)], Owner = facts.Owner,
            Generation = generation,
        };
        return new IndexChange(rows, next, rows.Count > 0 || known.Owner != next.Owner || known.Generation != generation || known.Securable != next.Securable
            || !known.Foreign.Select(grant => grant.ToForeign()).SequenceEqual(indexed.Foreign));
    }

    /// <summary>
    /// Rows that are outdated or that a plan makes so. The intent that is stored before its first step has them in doubt, which saves an
    /// intent of their own.
    /// </summary>
    public static IEnumerable<string> RowsOf(RunPlan plan, ResourceState state, string generation, DateTimeOffset now) =>
    [
        .. Compare(plan, plan.Ledger, gaps: null, state, generation, now).Rows.Keys,
        AccessIndexKey.OfSecurables(plan.Inputs.Facts.Securable.CatalogName),
        .. plan.Grants.PrincipalKeys.Select(AccessIndexKey.OfPrincipal),
        .. plan.Steps.SelectMany(step => step.Changes).Select(change => change.PolicyId).OfType<long>().Distinct().Select(AccessIndexKey.OfPolicy),
        .. plan.Gaps.Select(gap => gap.PolicyId).OfType<long>().Distinct().Select(AccessIndexKey.OfGaps),
    ];

    /// <summary>Records that rows are in doubt.</summary>
    public static void Doubt(ResourceState state, Securable securable, IEnumerable<string> keys)
    {
        state.Seen ??= new SeenAccess();
        state.Seen.Securable = securable.ToString();
        foreach (var key in keys)
        {
            state.Seen.Rows[key] = SeenAccess.InDoubt;
        }
    }

    /// <summary>The rows that the state has in doubt.</summary>
    public static IReadOnlySet<string> InDoubt(ResourceState state) => (state.Seen?.Rows ?? []).Where(row => row.Value == SeenAccess.InDoubt)
        .Select(row => row.Key).ToHashSet(StringComparer.Ordinal);

    // The rows may be lost, or older than the state says.
    private static Dictionary<string, string> InDoubtAll(Dictionary<string, string> rows) =>
        rows.ToDictionary(row => row.Key, _ => SeenAccess.InDoubt, StringComparer.Ordinal);
}
