using System.CommandLine;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>sync</c> and <c>verify</c>: tasks that are created here.</summary>
internal static class SyncCommands
{
    public static Command BuildSync(Runner runner)
    {
        var securables = new Securables();
        var wait = new Option<bool>("--wait") { Description = "Wait for the end, and exit with 3 when not everything is done." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Plan the changes and do not make them." };
        var allowRevoke = new Option<bool>("--allow-revoke") { Description = "Let this task revoke more than the service's limit." };
        var command = new Command("sync", "Make Unity Catalog equal to the policies. A container covers everything in it.");
        securables.AddTo(command);
        command.Add(wait);
        command.Add(dryRun);
        command.Add(allowRevoke);
        return runner.With(command, async run =>
        {
            var request = new TaskRequest
            {
                RequestInfo = new()
                {
                    Resources = securables.Read(run),
                    DryRun = run.Value(dryRun) ? true : null,
                    AllowRevoke = run.Value(allowRevoke) ? true : null,
                },
            };
            using var client = run.Client();
            var accepted = await client.SubmitAsync(request, cancellation: run.Cancellation);
            return await AfterAsync(run, client, accepted, run.Value(wait));
        });
    }

    public static Command BuildVerify(Runner runner)
    {
        var securables = new Securables();
        var command = new Command("verify", "Compare Unity Catalog with the policies, write nothing, and exit with 2 on drift.");
        securables.AddTo(command);
        return runner.With(command, async run =>
        {
            var request = TaskRequest.Verify(securables.Read(run));
            using var client = run.Client();
            var accepted = await client.SubmitAsync(request, cancellation: run.Cancellation);
            return await AfterAsync(run, client, accepted, isWaited: true);
        });
    }

    /// <summary>What follows a task that was created: its id, or its end.</summary>
    public static async Task<int> AfterAsync(Run run, PolicySyncClient client, TaskAccepted accepted, bool isWaited)
    {
        if (!isWaited)
        {
            run.Printer.Print(accepted, printer =>
            {
                printer.Pairs(("Task", accepted.TaskId), ("Status", Output.Printer.Name(accepted.Status)), ("Message", accepted.Message), ("Retry of", accepted.RetryOf));
                printer.Note($"`policysync tasks watch {accepted.TaskId}` follows it");
            });
            return ExitCode.Success;
        }

        if (run.Printer.IsTable)
        {
            run.Printer.Note($"task {accepted.TaskId}");
        }

        var task = await TaskFollower.FollowAsync(run, client, accepted.TaskId, static _ => { });
        if (run.Printer.IsTable)
        {
            TaskViews.Task(run, task);
            await TaskViews.ChangesAsync(run, client, task);
        }
        else
        {
            run.Printer.Print(task, static _ => { });
        }

        return TaskFollower.ExitCodeOf(task);
    }
}
