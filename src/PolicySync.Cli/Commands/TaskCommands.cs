using System.CommandLine;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>tasks</c>: reads, follows, cancels and repeats tasks.</summary>
internal static class TaskCommands
{
    public static Command Build(Runner runner) => new("tasks", "List, show, follow, cancel and retry tasks.")
    {
        TaskListCommand.Build(runner),
        BuildShow(runner),
        BuildWatch(runner),
        BuildCancel(runner),
        BuildRetry(runner),
    };

    public static Argument<string> TaskArgument() => new("TASK") { Description = "Id of the task." };

    private static Command BuildShow(Runner runner)
    {
        var id = TaskArgument();
        var results = new Option<bool>("--results") { Description = "Show the result of each securable instead of the task." };
        return runner.With(new Command("show", "Show a task, or its results.") { id, results }, async run =>
        {
            using var client = run.Client();
            if (run.Value(results))
            {
                var resources = await client.Resources(run.Value(id)).ToListAsync(run.Cancellation);
                run.Printer.Print(new { resources }, printer => resources.ForEach(resource => TaskViews.Result(printer, resource)));
                return ExitCode.Success;
            }

            var task = await client.GetAsync(run.Value(id), run.Cancellation);
            run.Printer.Print(task, _ => TaskViews.Task(run, task));
            return ExitCode.Success;
        });
    }

    private static Command BuildWatch(Runner runner)
    {
        var id = TaskArgument();
        return runner.With(new Command("watch", "Follow a task to its end, result by result. Exits as its task ended.") { id }, async run =>
        {
            using var client = run.Client();
            var task = await TaskFollower.FollowAsync(run, client, run.Value(id), resource =>
            {
                if (run.Printer.IsTable)
                {
                    TaskViews.Result(run.Printer, resource);
                }
            });
            run.Printer.Print(task, _ => TaskViews.Task(run, task));
            return TaskFollower.ExitCodeOf(task);
        });
    }

    private static Command BuildCancel(Runner runner)
    {
        var id = TaskArgument();
        return runner.With(new Command("cancel", "Cancel a task. Securables in work are finished first.") { id }, async run =>
        {
            using var client = run.Client();
            var task = await client.CancelAsync(run.Value(id), run.Cancellation);
            run.Printer.Print(task, _ => TaskViews.Task(run, task));
            return ExitCode.Success;
        });
    }

    private static Command BuildRetry(Runner runner)
    {
        var id = TaskArgument();
        var wait = new Option<bool>("--wait") { Description = "Wait for the end, and exit with 3 when not everything is done." };
        return runner.With(new Command("retry", "Create a task of the securables that failed in one that has ended.") { id, wait }, async run =>
        {
            using var client = run.Client();
            var accepted = await client.RetryAsync(run.Value(id), cancellation: run.Cancellation);
            return await SyncCommands.AfterAsync(run, client, accepted, run.Value(wait));
        });
    }
}
