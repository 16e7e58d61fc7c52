using System.Text.Json;

namespace PolicySync.Ranger.Conformance;

/// <summary>A folder of Ranger's test files, with or without a manifest.</summary>
public static class ConformanceSuite
{
    /// <summary>Names the folder of the shared data.</summary>
    public const string FolderVariable = "RANGER_CONFORMANCE_DIR";

    private const string Manifest = "manifest.json";

    /// <summary>The folder named by the environment, else <c>../shared/data/ranger</c> seen from the repository's root.</summary>
    public static string DefaultFolder =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder
            ? folder
            : Path.GetFullPath(Path.Combine(RepositoryRoot(), "..", "shared", "data", "ranger"));

    /// <summary>The test files of a folder: those of its manifest, else every JSON file.</summary>
    public static IReadOnlyList<ConformanceFile> Files(string folder)
    {
        var manifest = Path.Combine(folder, Manifest);
        var names = System.IO.File.Exists(manifest) ? Listed(manifest) : Found(folder);
        return [.. names.Order(StringComparer.Ordinal).Select(name => new ConformanceFile(folder, name))];
    }

    /// <summary>One file of a folder, by its name.</summary>
    public static ConformanceFile File(string folder, string name) => new(folder, name);

    // Files without cases of their own are read by those that name them.
    private static IEnumerable<string> Listed(string manifest)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(manifest));
        return [.. document.RootElement.EnumerateArray()
            .Where(entry => entry.GetProperty("cases").GetInt32() > 0)
            .Select(entry => entry.GetProperty("file").GetString()!)];
    }

    private static IEnumerable<string> Found(string folder) =>
        Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'));

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
