using System.Text.RegularExpressions;
using PolicySync.Core.Securables;
using Xunit.Abstractions;

namespace PolicySync.Core.Tests.Structure;

/// <summary>The folders of the source are its namespaces, and those of Core build on each other in one direction.</summary>
public sealed partial class NamespaceTests(ITestOutputHelper output)
{
    private static readonly string Sources = Path.Combine(Repository.Root, "src");

    [Fact]
    public void The_namespace_of_every_source_file_follows_its_folder()
    {
        var files = SourceFiles().Where(file => Path.GetFileName(file) != "Program.cs").ToList();

        Assert.True(files.Count > 400, $"only {files.Count} source files were found");
        Assert.All(files, file => Assert.Equal(
            Path.GetDirectoryName(Path.GetRelativePath(Sources, file))!.Replace(Path.DirectorySeparatorChar, '.'),
            Namespace().Match(File.ReadAllText(file)).Groups["name"].Value));
    }

    [Fact]
    public void The_namespaces_of_Core_have_no_cycle()
    {
        var graph = NamespaceGraph.Of(typeof(Securable).Assembly, "PolicySync.Core");
        foreach (var (name, uses) in graph)
        {
            output.WriteLine($"{name} -> {string.Join(", ", uses)}");
        }

        Assert.Contains("Guards", graph["Desired"]);
        Assert.Empty(NamespaceGraph.CycleIn(graph));
    }

    [Fact]
    public void A_cycle_of_namespaces_is_found()
    {
        var graph = new SortedDictionary<string, SortedSet<string>> { ["A"] = ["B"], ["B"] = ["C", "D"], ["C"] = [], ["D"] = ["A"] };

        Assert.Equal(["A", "B", "D", "A"], NamespaceGraph.CycleIn(graph));
    }

    private static IEnumerable<string> SourceFiles() => Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Sources, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Namespace();
}
