namespace PolicySync.Core.Guards;

/// <summary>
/// The functions that filters and masks of policies may call (docs/guards.md). A function of ours runs for every reader with
/// the rights of its owner: one that reads a secret, calls a server or a model, or differs from call to call must not be in it
/// unless the operator says so.
/// </summary>
/// <param name="listed"><c>Sync:AllowedFunctions</c>: names of built-ins, or of functions as <c>catalog.schema.function</c>.</param>
internal sealed class PolicyFunctions(IEnumerable<string> listed)
{
    private readonly HashSet<string> _listed = listed.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a function that is called by one name may be called.</summary>
    public bool MayCall(string name) => PureFunctions.All.Contains(name) || _listed.Contains(name);

    /// <summary>Whether a function of a schema may be called: only one that is listed.</summary>
    public bool MayCall(string catalog, string schema, string name) => _listed.Contains($"{catalog}.{schema}.{name}");

    /// <summary>Why an entry of <c>Sync:AllowedFunctions</c> names no function; null when it does.</summary>
    public static string? Fault(string entry)
    {
        var parts = entry.Split('.');
        return parts.Length is not (1 or 3) ? "must be a function's name or `catalog.schema.function`"
            : parts.Any(string.IsNullOrWhiteSpace) ? "must not have an empty part"
            : parts.Select(GuardSql.Fault).FirstOrDefault(fault => fault is not null)
            ?? (parts.Length == 1 && !(char.IsAsciiLetter(entry[0]) && entry.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                ? "must be letters, digits and underscores" : null);
    }
}
