using PolicySync.Cli.Commands;
using PolicySync.Cli.Output;
using PolicySync.Cli.Tests.Support;

namespace PolicySync.Cli.Tests;

public sealed class ParsingTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Theory]
    [InlineData("catalog", "main", "catalog=main")]
    [InlineData("schema", "main.sales", "catalog=main schema=sales")]
    [InlineData("table", "main.sales.customers", "catalog=main schema=sales table=customers")]
    [InlineData("view", "main.sales.v", "catalog=main schema=sales table=v")]
    [InlineData("model", "main.`a.b`.`c``d`", "catalog=main schema=a.b model=c`d")]
    [InlineData("external_location", "raw.landing", "external_location=raw.landing")]
    public void Names_are_taken_apart_by_their_type(string type, string name, string values) =>
        Assert.Equal(values, string.Join(' ', Securables.Parse(type, name).Values.Select(pair => $"{pair.Key}={pair.Value}")));

    [Theory]
    [InlineData("table", "customers", "write CATALOG.SCHEMA.TABLE")]
    [InlineData("table", "main..customers", "write CATALOG.SCHEMA.TABLE")]
    [InlineData("schema", "main.`sales", "write CATALOG.SCHEMA")]
    [InlineData("tabel", "main.sales.customers", "use one of catalog, schema, table")]
    public void A_wrong_name_or_type_is_refused_with_the_form_that_it_must_have(string type, string name, string remedy)
    {
        var failure = Assert.Throws<CliException>(() => Securables.Parse(type, name));

        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.StartsWith(remedy, failure.Remedy);
    }

    [Theory]
    [InlineData("sync table", "see `policysync sync --help`")]
    [InlineData("tasks list --status DONE", "see `policysync tasks list --help`")]
    [InlineData("tasks list --from yesterday", "see `policysync tasks list --help`")]
    [InlineData("tasks list --limit 0", "see `policysync tasks list --help`")]
    [InlineData("suspend main --reason x", "see `policysync suspend --help`")]
    [InlineData("suspend main --reason x --for 1h --until 2026-12-01", "see `policysync suspend --help`")]
    [InlineData("suspend main --for 1h", "see `policysync suspend --help`")]
    [InlineData("policies diff", "see `policysync policies diff --help`")]
    [InlineData("policies diff a.json --plan 42", "see `policysync policies diff --help`")]
    [InlineData("version -o xml", "see `policysync version --help`")]
    [InlineData("frobnicate", "see `policysync --help`")]
    public async Task A_wrong_command_line_is_64_with_the_help_to_read(string line, string remedy)
    {
        var ran = await _terminal.RunAsync(line);

        Assert.Equal(ExitCode.Usage, ran.ExitCode);
        Assert.Equal("", ran.Out);
        Assert.EndsWith($"remedy: {remedy}\n", ran.Error);
    }

    [Theory]
    [InlineData("sync table main.s.t --self-only")]
    [InlineData("verify metastore x --self-only")]
    public async Task A_leaf_by_itself_is_refused_before_the_service_is_asked(string line)
    {
        var ran = await _terminal.RunAsync(line + " --url https://127.0.0.1:1");

        Assert.Equal(ExitCode.Usage, ran.ExitCode);
        Assert.EndsWith("remedy: use it with a catalog or schema, or leave it out\n", ran.Error);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("pwsh")]
    public async Task Every_shell_has_a_script_for_completion(string shell)
    {
        var ran = await _terminal.RunAsync($"completion {shell}");

        Assert.Equal(0, ran.ExitCode);
        Golden.AssertEqual($"completion-{shell}", ran.Out);
    }

    [Fact]
    public async Task The_question_of_a_shell_is_answered_with_what_may_follow()
    {
        var ran = await _terminal.RunAsync("[suggest:17] \"policysync tasks \"");

        Assert.Superset(new HashSet<string> { "list", "show", "watch", "cancel", "retry" }, ran.Out.Split('\n').ToHashSet());
    }

    [Fact]
    public void Yaml_quotes_what_it_would_read_as_something_else()
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(
            """{"a":"no","b":"1","c":"x: y","d":"plain text","e":[],"f":[{"g":1,"h":[true,null]},"i"],"j":"","k":"two\nlines"}""");

        Assert.Equal(
            """
            a: "no"
            b: "1"
            c: "x: y"
            d: plain text
            e: []
            f:
              - g: 1
                h:
                  - true
                  - null
              - i
            j: ""
            k: "two\nlines"

            """,
            Yaml.Write(node));
    }

    [Fact]
    public void Control_characters_of_names_do_not_reach_the_terminal() => Assert.Equal("a\uFFFD[2Jb\uFFFDc", PlainText.Clean("a\u001b[2Jb\u202ec"));
}
