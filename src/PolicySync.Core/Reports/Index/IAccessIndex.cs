using PolicySync.Core.Securables;

namespace PolicySync.Core.Reports.Index;

/// <summary>A row of the index: what one securable has for one key.</summary>
/// <param name="Securable">The securable.</param>
/// <param name="Content">
/// JSON: an <see cref="IndexedPrincipal"/>, <see cref="IndexedPolicy"/>, <see cref="IndexedGaps"/>, <see cref="IndexedSummary"/> or
/// <see cref="IndexedFailure"/>, as the key says.
/// </param>
/// <param name="Place">Where to continue after this row.</param>
public sealed record AccessIndexRow(Securable Securable, string Content, string Place);

/// <summary>
/// The reverse of grants: for a principal or a policy, the securables where it has effect; and the securables of a catalog. Runs keep it. Works in silos and in clients.
/// Every method may throw <see cref="Errors.SyncException"/> with <see cref="Errors.SyncErrorCode.Unavailable"/>. Safe for concurrent use.
/// </summary>
public interface IAccessIndex
{
    /// <summary>
    /// Identifies the rows that exist: another text after the rows were lost, so that what states say of them is not relied on. Made when
    /// there is none.
    /// </summary>
    Task<string> GetGenerationAsync(CancellationToken cancellation);

    /// <summary>Writes rows of one securable. Repeating a call changes nothing.</summary>
    /// <param name="securable">The securable.</param>
    /// <param name="rows">By <see cref="AccessIndexKey"/>: the content, or null to remove the row.</param>
    /// <param name="cancellation">Stops; some rows may have been written.</param>
    Task WriteAsync(Securable securable, IReadOnlyDictionary<string, string?> rows, CancellationToken cancellation);

    /// <summary>Reads rows of a key, ordered by the name of the securable.</summary>
    /// <param name="key">An <see cref="AccessIndexKey"/>.</param>
    /// <param name="beginning">
    /// How the names begin, in lower case; empty for all. Rows of names that begin in another way may be among those that are read.
    /// </param>
    /// <param name="after">The <see cref="AccessIndexRow.Place"/> of the last row before; null for the first rows.</param>
    /// <param name="count">Most rows, at least 1.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string beginning, string? after, int count, CancellationToken cancellation);

    /// <summary>Reads rows of a key, ordered by the name of the securable.</summary>
    /// <param name="key">An <see cref="AccessIndexKey"/>.</param>
    /// <param name="after">The <see cref="AccessIndexRow.Place"/> of the last row before; null for the first rows.</param>
    /// <param name="count">Most rows, at least 1.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string? after, int count, CancellationToken cancellation) =>
        ReadAsync(key, "", after, count, cancellation);
}

/// <summary>Keys of the index. They are stored and never change.</summary>
public static class AccessIndexKey
{
    /// <summary>What a principal holds: <see cref="IndexedPrincipal"/>.</summary>
    /// <param name="principalKey">Its <see cref="Principals.PrincipalKey"/>.</param>
    public static string OfPrincipal(string principalKey) => $"p {principalKey}";

    /// <summary>What a policy has granted and guarded: <see cref="IndexedPolicy"/>.</summary>
    public static string OfPolicy(long policyId) => $"e {policyId}";

    /// <summary>What a policy could not do: <see cref="IndexedGaps"/>.</summary>
    public static string OfGaps(long policyId) => $"g {policyId}";

    /// <summary>Catalogs that have had a securable in the index. Their rows have no content, and stay.</summary>
    public const string Catalogs = "c";

    /// <summary>The securables of a catalog that were synced: <see cref="IndexedSummary"/>.</summary>
    /// <param name="catalog">The name of the catalog; null for the securables beside catalogs.</param>
    public static string OfSecurables(string? catalog) => $"s {catalog}";

    /// <summary>The securables of a catalog whose last sync failed: <see cref="IndexedFailure"/>.</summary>
    /// <param name="catalog">The name of the catalog; null for the securables beside catalogs.</param>
    public static string OfFailures(string? catalog) => $"f {catalog}";

    /// <summary>Whether only a run that saw the whole securable can tell what is under a key.</summary>
    public static bool NeedsWholeRun(string key) => key is ['g' or 's' or 'f', ' ', ..];
}
