using System.Runtime.InteropServices;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.CommandLine;

/// <summary>The command line as one file, published as <c>docs/cli.md</c> says.</summary>
public sealed class CommandLineFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policysync-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public async Task The_command_line_is_one_file_that_runs_where_there_is_no_dotnet()
    {
        Assert.Equal(Architecture.X64, RuntimeInformation.ProcessArchitecture); // the page publishes for linux-x64
        var line = File.ReadLines(Path.Combine(Repository.Root, "docs", "cli.md")).Single(line => line.StartsWith("dotnet publish ", StringComparison.Ordinal));
        var words = line.Split(' ').Select(word => word switch
        {
            ".run/cli" => _folder,
            "src/PolicySync.Cli" => Path.Combine(Repository.Root, word),
            _ => word,
        }).ToList();
        await Command.SucceedAsync(words[0], [.. words.Skip(1), "--artifacts-path", Path.Combine(_folder, "artifacts")]); // other tests use those of the sources

        // Nothing of .NET can be found from there.
        var home = Directory.CreateDirectory(Path.Combine(_folder, "home")).FullName;
        var program = Path.Combine(_folder, "policysync");
        string[] bare = ["-i", $"HOME={home}", "PATH=/nonexistent", "DOTNET_ROOT=/nonexistent", program];
        Assert.StartsWith("policysync 0.", await Command.SucceedAsync("env", [.. bare, "version"]), StringComparison.Ordinal);
        Assert.Contains("explain", await Command.SucceedAsync("env", [.. bare, "--help"]), StringComparison.Ordinal);
    }
}
