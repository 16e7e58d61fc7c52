using System.CommandLine;
using PolicySync.Cli.Tests.Support;

namespace PolicySync.Cli.Tests;

public sealed class HelpTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public static TheoryData<string> Commands => [.. All("policysync", Root())];

    public void Dispose() => _terminal.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_every_command_is_as_recorded_and_at_most_80_columns_wide(string command)
    {
        var ran = await _terminal.RunAsync($"{command["policysync".Length..]} --help");

        Assert.Equal(0, ran.ExitCode);
        Assert.All(ran.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Golden.AssertEqual($"help-{command.Replace(' ', '-')}", Normal(ran.Out));
    }

    [Fact]
    public async Task The_page_about_the_command_line_names_every_command_and_option()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cli.md"));
        var names = All("policysync", Root()).Concat(Options(Root())).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(page.Contains($"`{name}", StringComparison.Ordinal), $"docs/cli.md does not have `{name}`"));
    }

    [Fact]
    public async Task Every_example_of_the_page_is_a_valid_command_line()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "cli.md"));
        var examples = page.Where(line => line.StartsWith("policysync ", StringComparison.Ordinal))
            .Select(line => line.Split(" #")[0].Split(" |")[0].Split(" >")[0]["policysync ".Length..].Replace("\"$TASK\"", "42", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.True(Root().Parse(example).Errors.Count == 0, example));
    }

    private static RootCommand Root() => CommandLine.Build(new World { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null, ConfigFolder = "/" });

    // The name of the program is that of the test host.
    private static string Normal(string help) => help.Replace(RootCommand.ExecutableName, "policysync", StringComparison.Ordinal).ReplaceLineEndings("\n");

    private static IEnumerable<string> All(string path, Command command) =>
        command.Subcommands.SelectMany(child => All($"{path} {child.Name}", child)).Prepend(path);

    private static IEnumerable<string> Options(Command command) => command.Options.Where(option => option.Name is not ("--help" or "--version"))
        .Select(option => option.Name).Concat(command.Subcommands.SelectMany(Options)).Distinct();
}
