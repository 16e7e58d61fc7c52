using System.Text.RegularExpressions;
using PolicySync.Docs.Tests.Support;

namespace PolicySync.Docs.Tests.Citations;

/// <summary>Relative links of Markdown pages.</summary>
public sealed partial class PageLinks
{
    [Fact]
    public void Every_relative_link_leads_to_a_file_and_an_anchor_that_exist()
    {
        var links = RepositoryText.Pages.SelectMany(Find).ToList();

        Assert.True(links.Count > 100, $"only {links.Count} links were found");
        Assert.All(links, link => Assert.True(IsResolved(link), $"{link.From}: {link.Target}"));
    }

    [Fact]
    public void Every_page_of_the_documentation_is_linked_from_its_index()
    {
        var index = RepositoryText.ReadOne("docs/README.md");
        var linked = Find(index).Select(link => Resolve(link.From, link.Target.Split('#')[0])).ToHashSet(StringComparer.Ordinal);

        var pages = RepositoryText.Pages
            .Select(page => page.Path)
            .Where(path => path.StartsWith("docs/", StringComparison.Ordinal) && path.Split('/').Length == 2 && path != index.Path)
            .ToList();
        Assert.NotEmpty(pages);
        Assert.All(pages, path => Assert.Contains(path, linked));
    }

    private static IEnumerable<Link> Find(RepositoryText page) =>
        Code().Replace(page.Content, "") is var text
            ? Target().Matches(text).Select(match => match.Groups["target"].Value).Where(IsRelative).Select(target => new Link(page.Path, target))
            : [];

    private static bool IsRelative(string target) =>
        !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal);

    private static bool IsResolved(Link link)
    {
        var parts = link.Target.Split('#');
        var path = parts[0].Length == 0 ? link.From : Resolve(link.From, parts[0]);
        var full = Path.Combine(Repository.Root, path);
        if (parts.Length == 1)
        {
            return File.Exists(full) || Directory.Exists(full);
        }

        return File.Exists(full) && Headings.Anchors(RepositoryText.ReadOne(path)).Contains(parts[1]);
    }

    private static string Resolve(string from, string target)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, from))!;
        return Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(folder, target))).Replace('\\', '/');
    }

    private sealed record Link(string From, string Target);

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+(\([^()\s]*\))?)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Target();
}
