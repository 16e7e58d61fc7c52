namespace PolicySync.Core.Securables;

/// <summary>The levels that name securables.</summary>
public static class SecurableLevels
{
    /// <summary>The levels of all types, each once.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Enum.GetValues<SecurableType>().SelectMany(type => type.Levels()).Distinct(StringComparer.Ordinal)];
}
