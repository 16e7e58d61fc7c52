using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Explaining;

/// <summary>
/// What of a question is outside <c>Sync:Managed</c>: there a difference has neither a gap nor a change.
/// </summary>
internal static class UnmanagedParts
{
    /// <summary>Says so for people; nothing when everything is managed.</summary>
    /// <param name="sync">The settings.</param>
    /// <param name="securable">The securable.</param>
    /// <param name="privileges">The privilege, and those that were granted in its place.</param>
    /// <param name="principals">The principal, and those that hold it for the principal.</param>
    public static IEnumerable<string> Notes(
        SyncOptions sync, Securable securable, IEnumerable<string> privileges, IEnumerable<string> principals)
    {
        var managed = new Managed(sync);
        if (!managed.Covers(securable))
        {
            yield return $"{securable} is outside Sync:Managed, so nothing on it is changed";
        }

        foreach (var privilege in privileges.Where(privilege => !managed.CoversPrivilege(privilege)).Distinct(StringComparer.Ordinal))
        {
            yield return $"{privilege} is outside Sync:Managed, so grants of it are neither changed nor reported";
        }

        foreach (var principal in principals.Where(principal => !managed.CoversPrincipal(principal)).Distinct(StringComparer.Ordinal))
        {
            yield return $"`{principal}` is outside Sync:Managed, so its grants are neither changed nor reported";
        }
    }
}
