using System.CommandLine;
using System.CommandLine.Help;
using PolicySync.Cli.Commands;
using PolicySync.Cli.Commands.Records;
using PolicySync.Cli.Output;

namespace PolicySync.Cli;

/// <summary>The whole command line: all commands, and how it is run.</summary>
internal static class CommandLine
{
    public static RootCommand Build(World world)
    {
        var root = new RootCommand("Syncs Databricks Unity Catalog with Apache Ranger policies by the PolicySync service.");
        var global = new GlobalOptions();
        global.AddTo(root);
        var runner = new Runner(world, global);
        root.Add(LoginCommand.Build(runner));
        root.Add(WhoAmICommand.Build(runner));
        root.Add(DoctorCommand.Build(runner));
        root.Add(SyncCommands.BuildSync(runner));
        root.Add(SyncCommands.BuildVerify(runner));
        root.Add(PlanCommands.BuildPlan(runner));
        root.Add(PlanCommands.BuildApply(runner));
        root.Add(TaskCommands.Build(runner));
        root.Add(GapsCommand.Build(runner));
        root.Add(PolicyCommands.Build(runner));
        root.Add(AccessCommand.Build(runner));
        root.Add(ReachCommand.Build(runner));
        root.Add(DriftCommands.Build(runner));
        root.Add(SuspensionCommands.BuildSuspend(runner));
        root.Add(SuspensionCommands.BuildResume(runner));
        root.Add(SuspensionCommands.BuildList(runner));
        root.Add(ExplainCommand.Build(runner));
        root.Add(ExportCommand.Build(runner));
        root.Add(ImportCommand.Build(runner));
        root.Add(TokenCommands.Build(runner));
        root.Add(VersionCommand.Build(runner));
        root.Add(CompletionCommand.Build(runner));
        foreach (var help in root.Options.OfType<HelpOption>().Select(option => option.Action).OfType<HelpAction>())
        {
            help.MaxWidth = World.DefaultWidth;
        }

        return root;
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> args, World world, CancellationToken cancellation = default)
    {
        var parsed = Build(world).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Failures.Write(world.Error, string.Join("; ", parsed.Errors.Select(error => error.Message.TrimEnd('.'))), $"see `{Path(parsed)} --help`");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration { Output = world.Out, Error = world.Error, EnableDefaultExceptionHandler = false }, cancellation);
    }

    private static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, at.Command is RootCommand ? "policysync" : at.Command.Name);
        }

        return string.Join(' ', names);
    }
}
