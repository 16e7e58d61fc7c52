using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.Ranger.Conformance;

/// <summary>A folder of Ranger's test files.</summary>
public static class ConformanceSuite
{
    /// <summary>Names the folder of the shared data.</summary>
    public const string FolderVariable = "RANGER_CONFORMANCE_DIR";

    /// <summary>Names the folder of random cases that Ranger's engine answered.</summary>
    public const string DifferentialVariable = "RANGER_DIFFERENTIAL_DIR";

    private const string Manifest = "manifest.json";

    /// <summary>The folder named by the environment, else <c>../shared/data/ranger</c> seen from the repository's root.</summary>
    public static string DefaultFolder => Folder(FolderVariable, "ranger");

    /// <summary>
    /// The folder of random cases named by the environment, else <c>../shared/data/ranger-differential</c> seen from the
    /// repository's root.
    /// </summary>
    public static string DifferentialFolder => Folder(DifferentialVariable, "ranger-differential");

    /// <summary>Every JSON file of a folder and of the folders in it, by name.</summary>
    public static IReadOnlyList<ConformanceFile> Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)
            .Select(name => new ConformanceFile(folder, name)),
    ];

    /// <summary>One file of a folder, by its name.</summary>
    public static ConformanceFile File(string folder, string name) => new(folder, name);

    /// <summary>The files with cases that the folder's manifest lists; empty where there is none.</summary>
    /// <returns>Name, form and number of cases of each.</returns>
    /// <exception cref="JsonException">The manifest is none.</exception>
    public static IReadOnlyList<(string File, string Form, int Cases)> Listed(string folder)
    {
        var manifest = Path.Combine(folder, Manifest);
        var entries = System.IO.File.Exists(manifest) ? TestJson.Read(manifest) : new JsonArray();
        return
        [
            .. entries.Items()
                .Select(e => (e.Member("file").Text() ?? "", e.Member("runner").Text() ?? "", e.Member("cases")?.GetValue<int>() ?? 0))
                .Where(e => e.Item3 > 0),
        ];
    }

    private static string Folder(string variable, string name) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder
            ? folder
            : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data", name));
}
