namespace PolicySync.SourceSize;

/// <summary>Constructors that may have more parameters than <see cref="MaxParameters"/>, each with its reason.</summary>
public static class ArguedConstructors
{
    /// <summary>What a constructor has without a reason.</summary>
    public const int MaxParameters = 7;

    /// <summary>The file of reasons: <c>Type: reason</c>, one a line.</summary>
    public static string File { get; } = Path.Combine(Repository.Root, "tests", "PolicySync.SourceSize", "argued-constructors.txt");

    /// <summary>Type to reason.</summary>
    public static IReadOnlyDictionary<string, string> Read() => System.IO.File.ReadLines(File)
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(": ", 2))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
}
