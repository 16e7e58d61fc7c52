using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace PolicySync.Cli.Commands;

/// <summary><c>version</c>.</summary>
internal static class VersionCommand
{
    public static Command Build(Runner runner) => runner.With(new Command("version", "Show the version of this program."), run =>
    {
        var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        run.Printer.Print(
            new { version, runtime = RuntimeInformation.FrameworkDescription, platform = RuntimeInformation.RuntimeIdentifier },
            printer => printer.Line($"policysync {version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})"));
        return Task.FromResult(ExitCode.Success);
    });
}
