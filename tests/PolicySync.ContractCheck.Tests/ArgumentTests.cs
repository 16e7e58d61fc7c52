namespace PolicySync.ContractCheck.Tests;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("", "--catalog is required")]
    [InlineData("--catalog", "--catalog takes a value")]
    [InlineData("--catalog a.b", "--catalog holds `.`")]
    [InlineData("--catalog system", "--catalog must not be `system`, which belongs to Databricks")]
    [InlineData("--catalog main --output xml", "--output takes table or json")]
    [InlineData("--catalog main --only nothing", "--only names no fact with `nothing`; --list shows them")]
    [InlineData("--catalog main --principals 0", "--principals takes a number from 1 to 1000")]
    [InlineData("--catalog main --reader-token-file /nowhere", "--reader-token-file names no file")]
    [InlineData("--catalog main --foreign-table t", "--foreign-table takes catalog.schema.table")]
    [InlineData("--catalog main --patience soon", "--patience takes hh:mm:ss")]
    [InlineData("--catalog main --token t", "no such option: --token")]
    [InlineData("main", "no such option: main")]
    public async Task Wrong_arguments_are_refused_with_the_usage_before_anything_is_asked(string line, string fault)
    {
        using var errors = new StringWriter();

        var code = await ContractCheckCommand.RunAsync(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), () => throw new InvalidOperationException("nothing is read"),
            TextWriter.Null, errors, CancellationToken.None);

        Assert.Equal(2, code);
        Assert.StartsWith($"contract-check: {fault}\n\ncontract-check --catalog NAME", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_facts_needs_no_workspace_and_the_documentation_has_every_one()
    {
        using var output = new StringWriter();
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/contract-check.md"));

        var code = await ContractCheckCommand.RunAsync(["--list"], () => throw new InvalidOperationException("nothing is read"), output, TextWriter.Null, CancellationToken.None);

        Assert.Equal(0, code);
        Assert.All(Facts.Probes, probe => Assert.Contains($"{probe.Fact.Id}\n", output.ToString(), StringComparison.Ordinal));
        Assert.All(Facts.Probes, probe => Assert.Contains($"| `{probe.Fact.Id}` | {probe.Fact.Question} | {probe.Fact.Assumed} | {probe.Fact.Matters} |", page, StringComparison.Ordinal));
    }
}
