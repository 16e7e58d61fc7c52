using System.Text.RegularExpressions;
using PolicySync.Docs.Tests.Support;

namespace PolicySync.Docs.Tests.Citations;

/// <summary>Decision records have one form and one index.</summary>
public sealed partial class DecisionRecords
{
    private static readonly string[] Sections = ["## Context", "## Decision", "## Alternatives", "## Consequences"];

    public static TheoryData<string> Records => [.. Pages().Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Records))]
    public void A_decision_has_a_status_a_date_and_its_four_sections_in_order(string path)
    {
        var page = RepositoryText.ReadOne(path);
        var title = Title().Match(page.Content);

        Assert.True(title.Success, "the page begins with `# N. Title`, status and date");
        Assert.StartsWith($"docs/adr/{int.Parse(title.Groups["number"].Value, null):0000}-", path, StringComparison.Ordinal);
        Assert.Equal(Sections, page.Lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_index_lists_every_decision_with_its_title_status_and_date()
    {
        var expected = Pages().Select(page => (Page: page, Title: Title().Match(page.Content))).Select(record =>
            $"| {record.Title.Groups["number"]} | [{record.Title.Groups["title"]}]({Path.GetFileName(record.Page.Path)}) | {record.Title.Groups["status"]} | {record.Title.Groups["date"]} |");

        var index = RepositoryText.ReadOne("docs/adr/README.md").Lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1);

        Assert.Equal(expected, index);
    }

    private static IEnumerable<RepositoryText> Pages() =>
        RepositoryText.Read(["docs/adr/"], ".md").Where(page => page.Path != "docs/adr/README.md");

    [GeneratedRegex(
        @"\A# (?<number>\d+)\. (?<title>[^\n]+)\n\n- Status: (?<status>accepted|proposed|superseded)\b[^\n]*\n- Date: (?<date>\d{4}-\d\d-\d\d)\b",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title();
}
