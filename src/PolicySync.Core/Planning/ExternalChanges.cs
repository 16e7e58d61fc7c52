using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Planning;

/// <summary>Lists what others changed.</summary>
public static class ExternalChanges
{
    /// <summary>Lists revoked grants of the service, then grants of others that no policy wants.</summary>
    /// <param name="facts">The securable.</param>
    /// <param name="gone">The result of <see cref="Ledger.GoneFrom"/>.</param>
    /// <param name="foreign"><see cref="GrantPlan.Foreign"/>.</param>
    /// <param name="self">The service's principal; null when not known.</param>
    public static IReadOnlyList<ExternalChange> Name(
        SecurableFacts facts,
        IReadOnlyList<LedgerEntry> gone,
        IReadOnlyList<(string Principal, string Privilege)> foreign,
        string? self)
    {
        // The record names the last change only: when the service made it, the authors of others are not known.
        var isOthers = facts.ChangedBy is { } last && (self is null || PrincipalKey.Of(last) != PrincipalKey.Of(self));
        var (by, at) = isOthers ? (facts.ChangedBy, facts.ChangedAt) : (null, null);
        return
        [
            .. gone.Select(entry => new ExternalChange(
                ChangeAction.Revoke, entry.Principal, entry.Privilege, entry.PolicyId, entry.TaskId, by, at)),
            .. foreign.Select(grant => new ExternalChange(
                ChangeAction.Grant, grant.Principal, grant.Privilege, null, null, by, at)),
        ];
    }
}
