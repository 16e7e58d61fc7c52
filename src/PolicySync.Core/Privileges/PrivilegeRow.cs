using System.Collections.Frozen;

namespace PolicySync.Core.Privileges;

/// <summary>What one kind of securable can be granted.</summary>
internal sealed class PrivilegeRow
{
    private PrivilegeRow(FrozenSet<string> documented, FrozenSet<string> applicable, FrozenSet<string> implied)
    {
        Documented = documented;
        Applicable = applicable;
        Implied = implied;
    }

    /// <summary>What Databricks documents for the kind.</summary>
    public FrozenSet<string> Documented { get; }

    /// <summary>Also what only one source or version names. The server is the judge of those.</summary>
    public FrozenSet<string> Applicable { get; }

    /// <summary>What ALL_PRIVILEGES gives on the kind.</summary>
    public FrozenSet<string> Implied { get; }

    /// <summary>A row from names separated by spaces.</summary>
    public static PrivilegeRow Of(string documented, string uncertain = "")
    {
        var applicable = Split($"{documented} {uncertain}");
        return new(Split(documented), applicable, ImpliedOf(applicable));
    }

    /// <summary>
    /// The row of an unknown kind, from the rows of its known siblings. It is grantable only what every
    /// sibling has, and its ALL_PRIVILEGES is taken to give what any of them has: both err towards less access.
    /// </summary>
    public static PrivilegeRow Cautious(params IReadOnlyCollection<PrivilegeRow> siblings)
    {
        var common = siblings.Skip(1).Aggregate(
            siblings.First().Applicable.AsEnumerable(), (names, row) => names.Intersect(row.Applicable));
        var applicable = common.ToFrozenSet(StringComparer.Ordinal);
        return new(applicable, applicable, ImpliedOf(siblings.SelectMany(row => row.Applicable)));
    }

    private static FrozenSet<string> ImpliedOf(IEnumerable<string> applicable) => applicable
        .Where(Privilege.IsImpliedByAll)
        .ToFrozenSet(StringComparer.Ordinal);

    private static FrozenSet<string> Split(string names) =>
        names.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
