using PolicySync.Core.Tasks;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>Whether a sync told of an access that neither policies give nor was there before.</summary>
internal static class Gaps
{
    /// <summary>
    /// A gap tells when it is exposed, of the table or a container of it, for SELECT or everything, and names the user, a
    /// group of theirs, or everybody. Where policies give the row and only a value of it is too much, it must name the column.
    /// </summary>
    public static bool Tell(
        IReadOnlyList<ResourceResult> results, string table, string user, HashSet<string> groups, Excess excess, Reading given)
    {
        var isValueOnly = excess.Column is not null && given.Rows[excess.Row] is not null;
        return results.Where(result => table == result.FullName || table.StartsWith(result.FullName + '.', StringComparison.Ordinal))
            .SelectMany(result => result.Gaps)
            .Any(gap => gap.Direction == GapDirection.Exposed
                && gap.Privilege is null or "SELECT" or "ALL_PRIVILEGES"
                && (gap.Principal is null or "public" or "account users" || gap.Principal == user || groups.Contains(gap.Principal))
                && (!isValueOnly || gap.Detail.Contains(excess.Column!, StringComparison.OrdinalIgnoreCase)));
    }
}
