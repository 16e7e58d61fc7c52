using System.Collections.Frozen;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Privileges;

/// <summary>Whether a privilege can be granted on a kind of securable.</summary>
public enum Applicability
{
    /// <summary>It can, as far as the sources say.</summary>
    Applicable,

    /// <summary>Other kinds have it, this one does not: the server would refuse it.</summary>
    NotApplicable,

    /// <summary>No kind of any securable is known to have it. It may be newer than this program.</summary>
    Unknown,
}

/// <summary>
/// Which privilege can be granted on which kind, what ALL_PRIVILEGES gives there, and what a grant on a container gives
/// below it. Facts: reference unity-catalog.md §2.
/// </summary>
public static class PrivilegeMatrix
{
    /// <summary>
    /// An expansion that lacks only these is still one: the server of terraform-provider-databricks issue 3450 showed
    /// <c>[MODIFY SELECT]</c>.
    /// </summary>
    private static readonly FrozenSet<string> NotPartOfEveryExpansion =
        FrozenSet.ToFrozenSet(["APPLY_TAG", "BROWSE"], StringComparer.Ordinal);

    private static readonly FrozenDictionary<SecurableType, FrozenSet<string>> Inherited = Enum.GetValues<SecurableType>()
        .ToFrozenDictionary(
            type => type,
            type => PrivilegeTable.Below(type).SelectMany(row => row.Applicable)
                .Where(privilege => HandsDown(type, privilege) && PrivilegeTable.For(type, "").Applicable.Contains(privilege))
                .ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Whether <paramref name="privilege"/> can be granted on <paramref name="kind"/>.</summary>
    /// <param name="type">The type of securable.</param>
    /// <param name="kind">
    /// The kind within it, as <see cref="SecurableFacts.Kind"/>. A table of a kind not known here is taken to have what
    /// every kind of table has.
    /// </param>
    /// <param name="privilege">In any spelling that Unity Catalog takes.</param>
    public static Applicability Of(SecurableType type, string kind, string privilege)
    {
        var name = Privilege.Normalise(privilege, type);
        return ApplicableTo(type, kind).Contains(name) ? Applicability.Applicable
            : PrivilegeTable.Known.Contains(name) ? Applicability.NotApplicable
            : Applicability.Unknown;
    }

    /// <summary>What can be granted on <paramref name="kind"/>.</summary>
    public static IReadOnlySet<string> ApplicableTo(SecurableType type, string kind) =>
        PrivilegeTable.For(type, kind).Applicable;

    /// <summary>
    /// What ALL_PRIVILEGES gives on <paramref name="kind"/> itself. On a table of a kind not known here: what it gives
    /// on any kind of table, so that no principal gets it that is denied a part of it.
    /// </summary>
    public static IReadOnlySet<string> ImpliedByAllPrivileges(SecurableType type, string kind) =>
        PrivilegeTable.For(type, kind).Implied;

    /// <summary>
    /// True when <paramref name="held"/> can be what a server shows in place of ALL_PRIVILEGES, as some did
    /// (terraform-provider-databricks issue 3450). Where only one privilege would be left to show, an expansion cannot
    /// be distinguished from a plain grant, and is not accepted.
    /// </summary>
    public static bool IsExpansionOfAll(SecurableType type, string kind, IReadOnlySet<string> held)
    {
        var row = PrivilegeTable.For(type, kind);
        var shown = row.Documented.Where(name => row.Implied.Contains(name) && !NotPartOfEveryExpansion.Contains(name)).ToList();
        return shown.Count > 1 && shown.TrueForAll(held.Contains);
    }

    /// <summary>
    /// True when a grant of <paramref name="privilege"/> on a container also gives it on what lies below: when
    /// something below has that privilege. So BROWSE, USE_CATALOG and CREATE_SCHEMA are not, MANAGE is. A name not known
    /// here is taken to be inherited, because that withholds more. Of a metastore, READ_METADATA alone is handed down, to
    /// everything (Databricks, «Unity Catalog privileges reference»).
    /// </summary>
    public static bool IsInheritable(string privilege, SecurableType from) =>
        Inherited[from].Contains(privilege) || (from.IsContainer() && !PrivilegeTable.Known.Contains(privilege));

    private static bool HandsDown(SecurableType type, string privilege) =>
        type.IsContainer() || (type == SecurableType.Metastore && privilege == Privilege.ReadMetadata);

    /// <summary>The known privileges whose grant on a <paramref name="container"/> reaches what lies below it.</summary>
    public static IReadOnlySet<string> ReachesBelow(SecurableType container) => Inherited[container];
}
