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

    /// <summary><c>TaskCodes</c> is the home of the words.</summary>
    [Fact]
    public void The_API_page_explains_every_code_of_tasks_in_the_words_of_the_service()
    {
        var page = RepositoryText.ReadOne("docs/api.md");

        Assert.Equal(TaskCodes.Errors.Select(Row), Rows(page, "error code"));
        Assert.Equal(TaskCodes.Gaps.Select(Row), Rows(page, "gap code"));

        static string Row(TaskCode code) => $"| `{code.Name}` | {code.Meaning} | {code.Remedy} |";
        static IEnumerable<string> Rows(RepositoryText page, string heading) => page.Lines
            .SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));
    }

    [Fact]
    public void The_specification_means_by_each_code_what_the_service_says()
    {
        var errors = MarkdownTable.Read(Specification, "code").Select(row => (row[0], WithoutSection(row[3])));
        var gaps = MarkdownTable.Read(Specification, "gap code").Select(row => (row[0], WithoutSection(row[1])));

        Assert.Equal(TaskCodes.Errors.Select(code => (code.Name, code.Meaning)).Order(), errors.Order());
        Assert.Equal(TaskCodes.Gaps.Select(code => (code.Name, code.Meaning)), gaps);

        static string WithoutSection(string text) => Section().Replace(text, "");
    }

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
        // types of events of the audit stream
        "policysync.grant.changed", "policysync.guard.changed", "policysync.task.ended", "policysync.policies.accepted", "policysync.policies.refused", "policysync.drift.found",
    ];

    [GeneratedRegex(@" \(§[0-9.]+\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Section();

    [GeneratedRegex("\"(?<name>policysync\\.[a-z_.]+[a-z])\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Metric();
}
