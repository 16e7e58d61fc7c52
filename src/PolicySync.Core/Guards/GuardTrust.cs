using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Guards;

/// <summary>
/// Whether an object with a name of ours is ours, since a name proves nothing. The service must own it, no other principal may
/// hold a right to it, and a function must have the text that we gave it. Pure.
/// </summary>
public static class GuardTrust
{
    private static readonly HashSet<string> Rights = new(StringComparer.Ordinal) { Privilege.AllPrivileges, Privilege.Manage, "EXECUTE", "MODIFY" };

    /// <summary>Why an object cannot be trusted as the service's own, for people; null when it can.</summary>
    /// <param name="what">The object, as text for messages.</param>
    /// <param name="owner">Who owns it.</param>
    /// <param name="grants">Grants on it.</param>
    /// <param name="self">Who the service is.</param>
    public static string? FaultOf(string what, string? owner, IReadOnlyList<Assignment> grants, DirectorySelf? self) =>
        FaultOfOwner(what, owner, self) ?? grants.Where(grant => !grant.IsDeletedPrincipal && !Is(grant.Principal, self))
            .Select(grant => (grant.Principal, Privilege: grant.Privileges.Select(Privilege.Normalise).FirstOrDefault(Rights.Contains)))
            .Where(grant => grant.Privilege is not null)
            .Select(grant => $"`{grant.Principal}` holds {grant.Privilege} on {what}, which only this service may use; revoke it")
            .FirstOrDefault();

    /// <summary>The same, by its owner alone.</summary>
    public static string? FaultOfOwner(string what, string? owner, DirectorySelf? self) =>
        self is null ? $"SCIM `Me` does not identify this service, so whether it owns {what} is unknown"
        : owner is null ? $"the owner of {what} is unknown"
        : Is(owner, self) ? null
        : $"{what} is owned by `{owner}` and not by this service (`{self.Name}`); drop it or make this service its owner";

    /// <summary>Whether the record of a function names another principal as the last to change it.</summary>
    public static bool IsChangedByOthers(ToldFunction told, DirectorySelf? self) => told.UpdatedBy is { } by && !Is(by, self);

    /// <summary>
    /// A hash of a function's text, parameters and type, to detect later changes; where the text is not returned, of the time of
    /// its last change.
    /// </summary>
    public static string FingerprintOf(ToldFunction told) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n',
        (string[])[told.Definition ?? $"{told.UpdatedAt}", told.Returns ?? "", .. told.Parameters.Select(parameter => $"{parameter.Name} {parameter.Type}")]))));

    /// <summary>The securable of the schema that holds functions of row filters and masks.</summary>
    public static Securable SchemaOf(Securable table, string guardSchema) => Securable.Schema(table.CatalogName!, guardSchema);

    private static bool Is(string principal, DirectorySelf? self) =>
        self is not null && string.Equals(PrincipalKey.Of(principal), PrincipalKey.Of(self.Name), StringComparison.Ordinal);
}
