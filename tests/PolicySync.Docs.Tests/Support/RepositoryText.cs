namespace PolicySync.Docs.Tests.Support;

/// <summary>A text file of the repository; <paramref name="Path"/> is relative to its root, with forward slashes.</summary>
internal sealed record RepositoryText(string Path, string Content)
{
    public string[] Lines { get; } = Content.Split('\n');

    /// <summary>Files of the repository, without build output, whose path starts with one of <paramref name="prefixes"/> and ends with one of <paramref name="endings"/>.</summary>
    public static IReadOnlyList<RepositoryText> Read(string[] prefixes, params string[] endings) =>
        [
            .. All.Value
                .Where(path => prefixes.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal)))
                .Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)))
                .Select(ReadOne),
        ];

    public static RepositoryText ReadOne(string path) => new(path, File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)));

    /// <summary>Every Markdown page of the repository.</summary>
    public static IReadOnlyList<RepositoryText> Pages => Read([""], ".md");

    private static readonly Lazy<IReadOnlyList<string>> All = new(() => [.. List(Repository.Root).Order(StringComparer.Ordinal)]);

    private static IEnumerable<string> List(string folder) => Directory.EnumerateFiles(folder)
        .Select(file => System.IO.Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
        .Concat(Directory.EnumerateDirectories(folder)
            .Where(inner => System.IO.Path.GetFileName(inner) is not (".git" or ".run" or "bin" or "obj" or "node_modules"))
            .SelectMany(List));
}
