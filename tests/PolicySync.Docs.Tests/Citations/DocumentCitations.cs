using System.Text.RegularExpressions;
using PolicySync.Docs.Tests.Support;

namespace PolicySync.Docs.Tests.Citations;

/// <summary>
/// "specification §3.4", "reference ranger.md §3.6" and "reference §1.2" in code, charts and pages lead to a section that exists. A reference
/// without a page is unity-catalog.md.
/// </summary>
public sealed partial class DocumentCitations
{
    private static readonly string[] Citing = ["src/", "tests/", "helm/", "deploy/", "docs/", "README.md"];

    [Fact]
    public void Every_cited_page_and_section_exists()
    {
        var citations = RepositoryText.Read(Citing, ".cs", ".md", ".yaml", ".json", ".sh", ".mjs", ".tpl").SelectMany(Find).ToList();

        Assert.True(citations.Count > 100, $"only {citations.Count} citations were found");
        Assert.Empty(citations.Where(citation => !IsResolved(citation)).Select(citation => $"{citation.From}: {citation.Page} §{citation.Section}"));
    }

    [Theory]
    [InlineData("(specification §3.4)", "docs/specification.md 3.4")]
    [InlineData("Specification §3.1 and §3.2: x", "docs/specification.md 3.1|docs/specification.md 3.2")]
    [InlineData("(specification §3.5, §3.9)", "docs/specification.md 3.5|docs/specification.md 3.9")]
    [InlineData("specification, section 3.8", "docs/specification.md 3.8")]
    [InlineData("(reference §0.2)", "docs/reference/unity-catalog.md 0.2")]
    [InlineData("reference unity-catalog.md §0.2, §0.3 and §1.2 alone", "docs/reference/unity-catalog.md 0.2|docs/reference/unity-catalog.md 0.3|docs/reference/unity-catalog.md 1.2")]
    [InlineData("(reference unity-catalog-news.md)", "docs/reference/unity-catalog-news.md ")]
    [InlineData("(RangerPolicyEngineImpl, reference ranger.md §3.6)", "docs/reference/ranger.md 3.6")]
    [InlineData("the reference of Azure's service", "")]
    public void Citations_are_recognised(string text, string expected) => Assert.Equal(
        expected.Split('|', StringSplitOptions.RemoveEmptyEntries),
        Find(new("x.cs", text)).Select(citation => $"{citation.Page} {citation.Section}"));

    // A citation may be broken over two lines of a comment.
    private static IEnumerable<Citation> Find(RepositoryText text)
    {
        foreach (Match match in Cited().Matches(LineBreak().Replace(text.Content, " ")))
        {
            var page = match.Groups["page"].Value;
            var file = match.Groups["kind"].Value.Equals("specification", StringComparison.OrdinalIgnoreCase)
                ? "docs/specification.md"
                : $"docs/reference/{(page.Length == 0 ? "unity-catalog.md" : page)}";
            var sections = match.Groups["section"].Captures.Select(section => section.Value).ToList();
            if (sections.Count == 0 && page.Length > 0)
            {
                yield return new(text.Path, file, "");
            }

            foreach (var section in sections)
            {
                yield return new(text.Path, file, section);
            }
        }
    }

    private static bool IsResolved(Citation citation) =>
        File.Exists(Path.Combine(Repository.Root, citation.Page))
        && (citation.Section.Length == 0 || Headings.Numbers(RepositoryText.ReadOne(citation.Page)).Contains(citation.Section));

    private sealed record Citation(string From, string Page, string Section);

    [GeneratedRegex(
        @"\b(?<kind>[Ss]pecification|[Rr]eference)(:? (?<page>[a-z-]+\.md)|(?=,? (§|section \d)))(,? ?(§|section )(?<section>\d+(\.\d+)*)((, | and )§(?<section>\d+(\.\d+)*))*)?",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Cited();

    [GeneratedRegex(@"\n\s*(///?|#|\*)?\s*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LineBreak();
}
