using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Docs.Tests.Support;

namespace PolicySync.Docs.Tests.Codes;

/// <summary>Public codes and the tables that explain them. Configuration keys and facts of the contract check are held elsewhere.</summary>
public sealed class CodeTables
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
}
