using System.Text;
using System.Text.RegularExpressions;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>
/// What each example renders to, as a file that a reviewer reads. Objects that are the same in the first example are only
/// named. <c>POLICYSYNC_UPDATE=1</c> writes the files.
/// </summary>
public sealed partial class Snapshots
{
    private const string First = "01-split-token.yaml";

    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "PolicySync.Deploy.Tests", "golden");

    public static TheoryData<string> Examples => Example.Names;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_renders_to_what_was_reviewed(string example)
    {
        var rendered = await RenderAsync(example);
        var file = Path.Combine(Folder, example);
        if (Environment.GetEnvironmentVariable("POLICYSYNC_UPDATE") == "1")
        {
            Directory.CreateDirectory(Folder);
            await File.WriteAllTextAsync(file, rendered);
            return;
        }

        Assert.True(File.Exists(file), $"{file} is missing; POLICYSYNC_UPDATE=1 writes it");
        Assert.Equal(await File.ReadAllTextAsync(file), rendered);
    }

    [Fact]
    public void Every_reviewed_file_is_of_an_example() =>
        Assert.Empty(Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)!).Except(Example.All.Select(example => example.Name), StringComparer.Ordinal));

    private static async Task<string> RenderAsync(string example)
    {
        var first = (await Example.Of(First).ObjectsAsync()).ToDictionary(item => (item.Kind, item.Name), item => Shown(item));
        var text = new StringBuilder();
        foreach (var item in await Example.Of(example).ObjectsAsync())
        {
            var shown = Shown(item);
            text.Append(example != First && first.GetValueOrDefault((item.Kind, item.Name)) == shown ? $"---\n# As in {First}: {item.Kind} {item.Name}\n" : $"---\n{shown}\n");
        }

        return text.ToString();
    }

    // Hashes of other objects say nothing here, and dashboard and alerts are files of their own.
    private static string Shown(RenderedObject item)
    {
        var text = Checksum().Replace(item.Text.Trim('\n'), "${name}: (hash)");
        text = item.Kind == "PrometheusRule" ? text[..text.IndexOf("\nspec:", StringComparison.Ordinal)] + "\nspec: (files/alerts.yaml)" : text;
        text = item.Name.EndsWith("-dashboard", StringComparison.Ordinal) ? text[..text.IndexOf("\ndata:", StringComparison.Ordinal)] + "\ndata: (files/dashboard.json)" : text;
        return string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()));
    }

    [GeneratedRegex("(?<name>checksum/[a-z]+): [0-9a-f]{64}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Checksum();
}
