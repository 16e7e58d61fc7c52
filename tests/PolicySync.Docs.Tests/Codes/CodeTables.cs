using System.Text.RegularExpressions;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Docs.Tests.Support;

namespace PolicySync.Docs.Tests.Codes;

/// <summary>Public codes and the tables that explain them. Configuration keys and facts of the contract check are held elsewhere.</summary>
public sealed partial class CodeTables
{
    private static readonly RepositoryText Specification = RepositoryText.ReadOne("docs/specification.md");

    [Fact]
    public void The_specification_explains_every_task_status() =>
        Assert.Equal(WireNames.All<SyncTaskStatus>(), MarkdownTable.FirstColumn(Specification, "status"));

    [Fact]
    public void The_specification_explains_every_outcome() =>
        Assert.Equal(WireNames.All<SyncTaskOutcome>(), MarkdownTable.FirstColumn(Specification, "outcome"));

    [Fact]
    public void The_specification_explains_every_gap_code() =>
        Assert.Equal(WireNames.All<GapCode>(), MarkdownTable.FirstColumn(Specification, "gap code"));

    [Fact]
    public void The_specification_explains_every_error_code_with_its_recovery()
    {
        var documented = MarkdownTable.Read(Specification, "code").Select(row => (row[0], row[1], row[2])).Order();

        var actual = Enum.GetValues<SyncErrorCode>().Select(code => (
            WireNames.Of(code), SyncErrorCodes.RecoveryOf(code).ToString().ToLowerInvariant(), SyncErrorCodes.EndsTask(code) ? "yes" : "no"));
        Assert.Equal(actual.Order(), documented);
    }

    [Fact]
    public void The_API_page_explains_every_task_status() =>
        Assert.Equal(WireNames.All<SyncTaskStatus>(), MarkdownTable.FirstColumn(RepositoryText.ReadOne("docs/api.md"), "status"));

    [Fact]
    public void Troubleshooting_has_a_section_for_every_error_code_and_every_gap_code_and_no_other()
    {
        var sections = RepositoryText.ReadOne("docs/troubleshooting.md").Lines
            .Where(line => line.StartsWith("### ", StringComparison.Ordinal))
            .Select(line => line[4..]);

        Assert.Equal(WireNames.All<SyncErrorCode>().Concat(WireNames.All<GapCode>()).Order(StringComparer.Ordinal), sections.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_metric_is_explained_and_every_explained_metric_exists()
    {
        var explained = new[] { "docs/operations.md", "docs/calls.md" }
            .SelectMany(path => MarkdownTable.Read(RepositoryText.ReadOne(path), "metric"))
            .SelectMany(row => row[0].Split(", ").Select(name => name.Trim('`')))
            .Where(name => !name.EndsWith('*'));

        var named = RepositoryText.Read(["src/"], ".cs")
            .Where(file => !file.Path.StartsWith("src/UnityCatalog.Emulator/", StringComparison.Ordinal))
            .SelectMany(file => Metric().Matches(file.Content))
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal)
            .Except(NotMetrics, StringComparer.Ordinal);

        Assert.Equal(named.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    // Spans and their tags, scopes of tokens, and names of HTTP clients and options have the form of metrics.
    private static readonly string[] NotMetrics =
    [
        "policysync.task", "policysync.task.id", "policysync.task.ids", "policysync.run", "policysync.securable",
        "policysync.read", "policysync.tasks", "policysync.ops", "policysync.securables",
        "policysync.ranger", "policysync.workspace", "policysync.workspace.token", "policysync.check", "policysync.check.hurried",
        "policysync.call", "policysync.paused",
    ];

    [GeneratedRegex("\"(?<name>policysync\\.[a-z_.]+[a-z])\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Metric();
}
