namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>Extracts from an error message the principal or privilege that a PATCH was refused for.</summary>
internal static class ErrorSubjects
{
    /// <summary>The name in «Could not find principal with name X.» Source: terraform-provider-databricks issue 4680.</summary>
    public static string? UnknownPrincipal(string message) => After(message, "Could not find principal with name ", null);

    /// <summary>
    /// The privilege, with underscores, in «Privilege USE CONNECTION is not applicable to this entity [...]». The same
    /// text is given for a privilege that does not exist. Source: terraform-provider-databricks issue 5398.
    /// </summary>
    public static string? InapplicablePrivilege(string message) =>
        After(message, "Privilege ", " is not applicable to this entity")?.ToUpperInvariant().Replace(' ', '_');

    /// <summary>The principal in «Duplicate privileges to add and delete for principal X.» Source: databricks/cli PR 4801.</summary>
    public static string? DuplicateOf(string message) =>
        After(message, "Duplicate privileges to add and delete for principal ", null)
        ?? (message.Contains("Duplicate privileges to add and delete", StringComparison.OrdinalIgnoreCase) ? "" : null);

    private static string? After(string message, string before, string? after)
    {
        var start = message.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        start += before.Length;
        if (after is null)
        {
            // The full stop at the end of the sentence is not part of the name.
            var rest = message[start..].Trim();
            return rest.EndsWith('.') ? rest[..^1] : rest;
        }

        var end = message.IndexOf(after, start, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? null : message[start..end].Trim();
    }
}
