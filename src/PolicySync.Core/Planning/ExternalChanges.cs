using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Planning;

/// <summary>Names what others changed.</summary>
public static class ExternalChanges
{
    /// <summary>Grants of ours that are gone, then grants of others that no policy wants.</summary>
    /// <param name="facts">The securable.</param>
    /// <param name="gone">What <see cref="Ledger.GoneFrom"/> said.</param>
    /// <param name="foreign">What <see cref="GrantPlan.Foreign"/> said.</param>
    /// <param name="self">Who we are; null when not known.</param>
    public static IReadOnlyList<ExternalChange> Name(
        SecurableFacts facts,
        IReadOnlyList<LedgerEntry> gone,
        IReadOnlyList<(string Principal, string Privilege)> foreign,
        string? self)
    {
        // Of two changes the record tells the last one only: when that was ours, of the others nothing is known.
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
