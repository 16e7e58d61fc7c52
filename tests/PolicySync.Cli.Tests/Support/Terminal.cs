using Microsoft.Extensions.Time.Testing;

namespace PolicySync.Cli.Tests.Support;

/// <summary>What a command wrote, and how it ended.</summary>
internal sealed record Ran(int ExitCode, string Out, string Error);

/// <summary>Runs commands in this process, with a folder for profiles of its own.</summary>
internal sealed class Terminal : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    public string Folder { get; } = Directory.CreateTempSubdirectory("policysync-cli").FullName;

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public TimeProvider Time { get; init; } = new FakeTimeProvider(Start);

    public bool IsLive { get; init; }

    public bool HasColor { get; init; }

    public async Task<Ran> RunAsync(string line, string input = "", CancellationToken cancellation = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var world = new World
        {
            In = new StringReader(input),
            Out = output,
            Error = error,
            Time = Time,
            ConfigFolder = Path.Combine(Folder, "policysync"),
            Variable = Variables.GetValueOrDefault,
            IsLive = IsLive,
            HasColor = HasColor,
        };
        var exitCode = await CommandLine.RunAsync([.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line)], world, cancellation);
        return new(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>A file in the folder.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Only the owner can read and write the file. Windows has no such mode.</summary>
    public static void AssertOwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
