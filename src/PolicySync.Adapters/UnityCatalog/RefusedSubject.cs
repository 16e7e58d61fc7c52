using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>
/// Restores the spelling that was sent for the subject of a refusal, by which the planner finds it. The server may name a
/// principal in another case, or a privilege with spaces, and a name may end with a full stop as the sentence does.
/// </summary>
internal static class RefusedSubject
{
    private static readonly char[] Quotes = ['\'', '"', '`'];

    public static void Restore(SyncException e, Securable securable, IReadOnlyList<PermissionChange> changes)
    {
        if (e.Subject is not { } subject)
        {
            e.Subject = Mentioned(e.Message, securable, changes);
            return;
        }

        var sent = e.ServerCode == ServerCodes.PrivilegeNotApplicable
            ? changes.SelectMany(change => change.Add.Concat(change.Remove)).ToList()
            : [.. changes.Select(change => change.Principal)];
        e.Subject =
            sent.Find(word => string.Equals(word, subject, StringComparison.Ordinal))
            ?? sent.Find(word => string.Equals(word, subject + ".", StringComparison.Ordinal))
            ?? sent.Find(word => string.Equals(word.Replace(' ', '_'), subject.Replace(' ', '_'), StringComparison.OrdinalIgnoreCase))
            ?? subject;
    }

    // A refusal of another kind may quote the one principal that it is about. Unquoted words do not count, since a group may be
    // called "owner"; nor do words that may name the securable.
    private static string? Mentioned(string message, Securable securable, IReadOnlyList<PermissionChange> changes)
    {
        var quoted = changes.Select(change => change.Principal).Where(name => name.Length > 0
            && !securable.Parts.Append(securable.FullName).Contains(name, StringComparer.OrdinalIgnoreCase)
            && Quotes.Any(quote => message.Contains($"{quote}{name}{quote}", StringComparison.OrdinalIgnoreCase))).Distinct().Take(2).ToList();
        return quoted.Count == 1 ? quoted[0] : null;
    }
}
