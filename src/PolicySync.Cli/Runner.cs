using System.CommandLine;
using PolicySync.Cli.Connections;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli;

/// <summary>What a command works with.</summary>
internal sealed record Run(World World, ParseResult Parsed, Connection Connection, Printer Printer, CancellationToken Cancellation)
{
    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    public PolicySyncClient Client() => Connection.Open();
}

/// <summary>Runs commands, and turns their failures into messages and exit codes.</summary>
internal sealed class Runner(World world, GlobalOptions global)
{
    public World World => world;

    /// <summary>Gives a command what it does.</summary>
    public Command With(Command command, Func<Run, Task<int>> action)
    {
        command.SetAction((parsed, cancellation) => RunAsync(parsed, action, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<Run, Task<int>> action, CancellationToken cancellation)
    {
        try
        {
            var connection = new Connection(
                world, parsed.GetValue(global.Profile), parsed.GetValue(global.Url), parsed.GetValue(global.TokenFile));
            return await action(new Run(world, parsed, connection, new Printer(world, parsed.GetValue(global.Output)), cancellation));
        }
        catch (CliException e)
        {
            Failures.Write(world.Error, e.Message, e.Remedy);
            return e.ExitCode;
        }
        catch (PolicySyncException e)
        {
            Failures.Write(world.Error, e);
            return Failures.ExitCodeOf(e);
        }
        catch (HttpRequestException e)
        {
            Failures.Write(world.Error, $"the service did not answer: {e.Message}", "check the address (`policysync whoami` shows it) and the network");
            return ExitCode.Error;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Failures.Write(world.Error, "interrupted; a task that was created continues", "`policysync tasks list` shows it");
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failures.Write(world.Error, e.Message, "check the path and its permissions");
            return ExitCode.Error;
        }
#pragma warning disable CA1031 // People get a message instead of a stack trace; the variable shows developers the trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failures.Write(world.Error, $"a defect of this program: {e.GetType().Name}: {e.Message}", "set POLICYSYNC_DEBUG=1 for the details, and report them");
            if (world.Variable("POLICYSYNC_DEBUG") is not null)
            {
                world.Error.WriteLine(e);
            }

            return ExitCode.Defect;
        }
    }
}
