using PolicySync.Core.Errors;
using PolicySync.Core.Principals;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Principals;

/// <summary>What one holder has on one securable: a principal itself, or a group that it is in.</summary>
/// <param name="Grantee">The holder.</param>
/// <param name="Row">The securable, and where to continue after it.</param>
/// <param name="Held">What the holder has there.</param>
public sealed record ReachRow(string Grantee, AccessIndexRow Row, IndexedPrincipal Held);

/// <summary>A page of what a principal reaches.</summary>
/// <param name="Rows">Its rows: those of the principal first, then those of its groups.</param>
/// <param name="Next">Where the next page begins; null on the last page.</param>
public sealed record ReachPage(IReadOnlyList<ReachRow> Rows, ReachPlace? Next);

/// <summary>A place in the list of what a principal reaches.</summary>
/// <param name="Grantee">The holder whose rows are read.</param>
/// <param name="After">The place of the last row; null to begin with the holder's first.</param>
public sealed record ReachPlace(string Grantee, string? After);

/// <summary>
/// Answers what a principal reaches, from the index that runs keep: on the securables that the service has synced, by its own grants and by
/// those of its groups. The workspace is not called. Safe for concurrent use; works in silos and in clients.
/// </summary>
public sealed class PrincipalReach(IGrainFactory grains, IAccessIndex index, TimeProvider time)
{
    /// <summary>Most reads of storage for one page, where rights hide most rows.</summary>
    private const int MaxReads = 20;

    /// <summary>What the directory says of a principal.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: no silo answers, or the directory cannot be read.</exception>
    public Task<ListedPrincipal> FindAsync(string name, CancellationToken cancellation) => GrainCalls.AskAsync(
        () => grains.GetGrain<IDirectoryReaderGrain>(0).FindAsync(name), "with its directory", isEverywhere: false, time, cancellation);

    /// <summary>Reads a page. It may have fewer rows than asked for, and none, although there is a next one.</summary>
    /// <param name="principal">The principal.</param>
    /// <param name="rights">Securables that are not covered are left out.</param>
    /// <param name="from">Where it begins; null for the first page.</param>
    /// <param name="count">Most rows.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<ReachPage> ReadAsync(ListedPrincipal principal, SecurableRights rights, ReachPlace? from, int count, CancellationToken cancellation)
    {
        // A membership that ended between two pages: the list continues with the holders after it.
        var holders = Holders(principal).ToList();
        var at = from is null ? 0 : holders.FindIndex(holder => Order(holders, holder).CompareTo(Order(holders, from.Grantee)) >= 0);
        var rows = new List<ReachRow>();
        var after = at >= 0 && holders[at] == from?.Grantee ? from.After : null;
        for (var reads = 0; at >= 0 && at < holders.Count; reads++)
        {
            if (rows.Count == count || reads == MaxReads)
            {
                return new ReachPage(rows, new ReachPlace(holders[at], after));
            }

            var wanted = count - rows.Count;
            var found = await index.ReadAsync(AccessIndexKey.OfPrincipal(PrincipalKey.Of(holders[at])), after, wanted, cancellation);
            rows.AddRange(found.Where(row => rights.Allow(RequestedResource.Of(row.Securable)))
                .Select(row => new ReachRow(holders[at], row, IndexedSecurable.Read<IndexedPrincipal>(row.Content))));
            after = found.Count == wanted ? found[^1].Place : null;
            at += after is null ? 1 : 0;
        }

        return new ReachPage(rows, null);
    }

    private static IEnumerable<string> Holders(ListedPrincipal principal) =>
        principal.Groups.Prepend(principal.Name).Append(PrincipalKey.AccountUsers).Distinct(StringComparer.Ordinal);

    // The principal, then its groups by name, then all users.
    private static (int Part, OrdinalText Name) Order(List<string> holders, string holder) =>
        (holder == holders[0] ? 0 : holder == PrincipalKey.AccountUsers ? 2 : 1, new OrdinalText(holder));

    private readonly record struct OrdinalText(string Text) : IComparable<OrdinalText>
    {
        public int CompareTo(OrdinalText other) => string.CompareOrdinal(Text, other.Text);
    }
}
