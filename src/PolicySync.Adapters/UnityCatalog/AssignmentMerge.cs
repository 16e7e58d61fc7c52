using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>
/// Merges the assignments of all pages into one per principal, with normalised privileges in the server's order.
/// </summary>
internal sealed class AssignmentMerge(SecurableType type)
{
    private readonly Dictionary<string, (string Name, long? Id, List<string> Privileges)> _byKey = new(StringComparer.Ordinal);

    public void Add(AssignmentAnswer assignment)
    {
        var name = assignment.Principal ?? "";
        var key = name.Length == 0 ? PrincipalKey.OfDeleted(assignment.PrincipalId) : PrincipalKey.Of(name);
        if (!_byKey.TryGetValue(key, out var entry))
        {
            _byKey[key] = entry = (name, assignment.PrincipalId, []);
        }

        foreach (var privilege in assignment.Privileges ?? [])
        {
            if (Normalise(privilege!) is var normal && !entry.Privileges.Contains(normal))
            {
                entry.Privileges.Add(normal);
            }
        }
    }

    public IReadOnlyList<Assignment> Result() =>
        [.. _byKey.Values.Select(entry => new Assignment(entry.Name, entry.Id, entry.Privileges))];

    /// <summary>
    /// Upper case with underscores. Names of privilege version 1, which older servers keep, are translated
    /// (terraform-provider-databricks issue 1658).
    /// </summary>
    private string Normalise(string privilege) =>
        (type, privilege.Trim().ToUpperInvariant().Replace(' ', '_')) switch
        {
            (SecurableType.Catalog, "USAGE") => "USE_CATALOG",
            (SecurableType.Catalog, "CREATE") => "CREATE_SCHEMA",
            (SecurableType.Schema, "USAGE") => "USE_SCHEMA",
            (SecurableType.Schema, "CREATE") => "CREATE_TABLE",
            (_, var normal) => normal,
        };
}
