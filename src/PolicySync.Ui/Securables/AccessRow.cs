using PolicySync.Client;

namespace PolicySync.Ui.Securables;

/// <summary>Privileges of a principal that it has in the same ways and about which policy says the same: a row of the table.</summary>
/// <param name="Privileges">The privileges.</param>
internal sealed record AccessRow(IReadOnlyList<HeldPrivilege> Privileges)
{
    /// <summary>One that stands for all in everything but its name.</summary>
    public HeldPrivilege First => Privileges[0];

    public static IEnumerable<AccessRow> Of(PrincipalAccess principal) => principal.Privileges
        .GroupBy(static held => (string.Join('\n', held.Paths.Select(static path => path with { Granted = null, Since = null })), held.Policy, held.Difference))
        .Select(static group => new AccessRow([.. group]));
}
