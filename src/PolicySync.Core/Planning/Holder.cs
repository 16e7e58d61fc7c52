using System.Globalization;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Planning;

/// <summary>One principal and what it holds directly on a securable.</summary>
/// <param name="Key">The form in which the principal compares.</param>
/// <param name="Name">As Unity Catalog stores it, or as it is sent; empty for a deleted principal.</param>
/// <param name="PrincipalId">Unity Catalog's id; null when not known.</param>
/// <param name="Privileges">Normalised, sorted.</param>
internal sealed record Holder(string Key, string Name, long? PrincipalId, IReadOnlySet<string> Privileges)
{
    public static readonly IReadOnlySet<string> Nothing = new HashSet<string>(StringComparer.Ordinal);

    public bool IsDeleted => Name.Length == 0;

    /// <summary>The name in reports; a deleted principal's id.</summary>
    public string Shown => IsDeleted ? PrincipalId?.ToString(CultureInfo.InvariantCulture) ?? "" : Name;

    public bool HasAll => Privileges.Contains(Privilege.AllPrivileges);

    /// <summary>Creates a principal that holds nothing yet.</summary>
    public static Holder OfNothing(string key, string name) => new(key, name, null, Nothing);

    /// <summary>
    /// Returns the holders of a read, by key. Assignments of one principal are merged, from all pages and in every case of an
    /// e-mail: the last one must not hide the others.
    /// </summary>
    public static SortedDictionary<string, Holder> AllIn(IEnumerable<Assignment> read, SecurableType type)
    {
        var holders = new SortedDictionary<string, Holder>(StringComparer.Ordinal);
        foreach (var group in read.GroupBy(KeyOf, StringComparer.Ordinal))
        {
            var privileges = group.SelectMany(assignment => assignment.Privileges)
                .Select(privilege => Privilege.Normalise(privilege, type));
            var ids = group.Select(assignment => assignment.PrincipalId).OfType<long>().Distinct().ToList();
            holders[group.Key] = new Holder(
                group.Key,
                group.Select(assignment => assignment.Principal).Min(StringComparer.Ordinal)!,
                ids.Count == 1 ? ids[0] : null,
                new SortedSet<string>(privileges, StringComparer.Ordinal));
        }

        return holders;
    }

    /// <summary>
    /// Returns the holder as grants were made: where the server shows the service's ALL_PRIVILEGES as the privileges that it
    /// implies, it is ALL_PRIVILEGES again. Not where the service granted one of these by itself.
    /// </summary>
    public Holder AsGranted(SecurableFacts facts, Ledger ledger) =>
        !HasAll
        && ledger.Find(this, Privilege.AllPrivileges) is not null
        && PrivilegeMatrix.IsExpansionOfAll(facts.Securable.Type, facts.Kind, Privileges)
        && !Privileges.Any(privilege => Privilege.IsImpliedByAll(privilege) && ledger.Find(this, privilege) is not null)
            ? this with
            {
                Privileges = new SortedSet<string>(
                    Privileges.Where(Privilege.OutlivesAllPrivileges).Append(Privilege.AllPrivileges), StringComparer.Ordinal),
            }
            : this;

    private static string KeyOf(Assignment assignment) => assignment.IsDeletedPrincipal
        ? PrincipalKey.OfDeleted(assignment.PrincipalId)
        : PrincipalKey.Of(assignment.Principal);
}
