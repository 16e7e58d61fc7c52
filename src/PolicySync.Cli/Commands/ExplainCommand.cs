using System.CommandLine;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>explain</c>: why a principal has a privilege, or does not have it.</summary>
internal static class ExplainCommand
{
    public static Command Build(Runner runner)
    {
        var principal = new Argument<string>("PRINCIPAL") { Description = "User by e-mail, service principal by application id, or group by name." };
        var privilege = new Argument<string>("PRIVILEGE") { Description = "Privilege, for example SELECT." };
        var securable = new SecurableArgument();
        var command = new Command("explain", "Explain why a principal has a privilege on a securable, or does not have it.") { principal, privilege };
        securable.AddTo(command);
        return runner.With(command, async run =>
        {
            using var client = run.Client();
            var (type, fullName) = securable.Read(run);
            var explanation = await client.ExplainAsync(
                new ExplainRequest(run.Value(principal), run.Value(privilege), new ExplainRequestSecurable(type, fullName)), run.Cancellation);
            run.Printer.Print(explanation, printer => new ExplanationView(printer).Show(explanation));
            return ExitCode.Success;
        });
    }
}
