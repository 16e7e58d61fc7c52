namespace PolicySync.Client;

/// <summary>Types of securables, and how their full names are written.</summary>
public static class SecurableNames
{
    private static readonly Dictionary<string, string[]> Levels = new(StringComparer.Ordinal)
    {
        ["catalog"] = ["catalog"],
        ["schema"] = ["catalog", "schema"],
        ["table"] = ["catalog", "schema", "table"],
        ["view"] = ["catalog", "schema", "table"],
        ["function"] = ["catalog", "schema", "function"],
        ["volume"] = ["catalog", "schema", "volume"],
        ["model"] = ["catalog", "schema", "model"],
        ["external_location"] = ["external_location"],
        ["storage_credential"] = ["storage_credential"],
        ["service_credential"] = ["service_credential"],
        ["connection"] = ["connection"],
        ["metastore"] = ["metastore"],
    };

    /// <summary>The types that a task takes.</summary>
    public static IReadOnlyCollection<string> Types => Levels.Keys;

    /// <summary>The form of the names of a type, for example <c>CATALOG.SCHEMA</c>; null for an unknown type.</summary>
    public static string? FormOf(string type) =>
        Levels.TryGetValue(type, out var levels) ? string.Join('.', levels.Select(level => level.ToUpperInvariant())) : null;

    /// <summary>
    /// Reads a full name, for example <c>main.sales.customers</c>. A part with a dot is in backticks. Null when the type is unknown or the name
    /// does not have its form.
    /// </summary>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <param name="fullName">The name.</param>
    public static Securable? Parse(string type, string fullName)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        if (!Levels.TryGetValue(type, out var levels))
        {
            return null;
        }

        // A name on its own may have dots, as those of external locations do.
        var parts = levels.Length == 1 && !fullName.Contains('`', StringComparison.Ordinal) ? [fullName] : Split(fullName);
        return parts.Count == levels.Length && parts.TrueForAll(part => part.Length > 0)
            ? new Securable(type, levels.Zip(parts).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal))
            : null;
    }

    // Dots separate, except in backticks; two backticks in a quoted part are one.
    private static List<string> Split(string name)
    {
        var parts = new List<string> { "" };
        var isQuoted = false;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '`' && isQuoted && i + 1 < name.Length && name[i + 1] == '`')
            {
                parts[^1] += name[++i];
            }
            else if (name[i] == '`')
            {
                isQuoted = !isQuoted;
            }
            else if (name[i] == '.' && !isQuoted)
            {
                parts.Add("");
            }
            else
            {
                parts[^1] += name[i];
            }
        }

        return isQuoted ? [] : parts;
    }
}
