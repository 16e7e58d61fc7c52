using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>
/// Gives the subject of a refusal the spelling that was sent, by which the planner finds it: the server may name a
/// principal in another case, or a privilege with spaces, and where the sentence ends cannot be told from a name that
/// ends with a full stop.
/// </summary>
internal static class RefusedSubject
{
    public static void Restore(SyncException e, IReadOnlyList<PermissionChange> changes)
    {
        if (e.Data[ServerCodes.Subject] is not string subject)
        {
            return;
        }

        var sent = e.ServerCode == ServerCodes.PrivilegeNotApplicable
            ? changes.SelectMany(change => change.Add.Concat(change.Remove)).ToList()
            : [.. changes.Select(change => change.Principal)];
        e.Data[ServerCodes.Subject] =
            sent.Find(word => string.Equals(word, subject, StringComparison.Ordinal))
            ?? sent.Find(word => string.Equals(word, subject + ".", StringComparison.Ordinal))
            ?? sent.Find(word => string.Equals(word.Replace(' ', '_'), subject.Replace(' ', '_'), StringComparison.OrdinalIgnoreCase))
            ?? subject;
    }
}
