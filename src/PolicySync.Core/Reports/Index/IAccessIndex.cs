using PolicySync.Core.Securables;

namespace PolicySync.Core.Reports.Index;

/// <summary>A row of the index: what one securable has for one key.</summary>
/// <param name="Securable">The securable.</param>
/// <param name="Content">JSON: an <see cref="IndexedPrincipal"/>, <see cref="IndexedPolicy"/> or <see cref="IndexedGaps"/>, as the key says.</param>
/// <param name="Place">Where to continue after this row.</param>
public sealed record AccessIndexRow(Securable Securable, string Content, string Place);

/// <summary>
/// The reverse of grants: for a principal or a policy, the securables where it has effect. Runs keep it. Works in silos and in clients.
/// Every method may throw <see cref="Errors.SyncException"/> with <see cref="Errors.SyncErrorCode.Unavailable"/>. Safe for concurrent use.
/// </summary>
public interface IAccessIndex
{
    /// <summary>Writes rows of one securable. Repeating a call changes nothing.</summary>
    /// <param name="securable">The securable.</param>
    /// <param name="rows">By <see cref="AccessIndexKey"/>: the content, or null to remove the row.</param>
    /// <param name="cancellation">Stops; some rows may have been written.</param>
    Task WriteAsync(Securable securable, IReadOnlyDictionary<string, string?> rows, CancellationToken cancellation);

    /// <summary>Reads rows of a key, ordered by the name of the securable.</summary>
    /// <param name="key">An <see cref="AccessIndexKey"/>.</param>
    /// <param name="after">The <see cref="AccessIndexRow.Place"/> of the last row before; null for the first rows.</param>
    /// <param name="count">Most rows, at least 1.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string? after, int count, CancellationToken cancellation);
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

    /// <summary>Whether a key is one of <see cref="OfGaps"/>.</summary>
    public static bool IsOfGaps(string key) => key.StartsWith("g ", StringComparison.Ordinal);
}
