using System.CommandLine;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>doctor</c>: checks the way to the service, the clock and the token from here, then has the service check itself.</summary>
internal static class DoctorCommand
{
    public static Command Build(Runner runner)
    {
        var withoutToken = new Option<bool>("--without-token") { Description = "Make only the checks that need no token." };
        return runner.With(
            new Command("doctor", "Check address, network, API, clock and token, then what the service depends on. Exits with 1 when a check fails.") { withoutToken },
            run => RunAsync(run, run.Value(withoutToken)));
    }

    private static async Task<int> RunAsync(Run run, bool isWithoutToken)
    {
        var checks = new List<ServiceCheck>();
        await new LocalChecks(run, checks, isWithoutToken).RunAsync();
        run.Printer.Print(new ServiceChecks { Checks = checks }, printer =>
        {
            foreach (var check in checks)
            {
                printer.Check(Printer.Name(check.Status), $"{check.Name}: {check.Detail}");
                if (check.Remedy is { } remedy && check.Status != CheckStatus.Ok)
                {
                    printer.Outline(4, $"remedy: {remedy}");
                }
            }
        });
        return checks.Exists(check => check.Status == CheckStatus.Fail) ? ExitCode.Error : ExitCode.Success;
    }
}
