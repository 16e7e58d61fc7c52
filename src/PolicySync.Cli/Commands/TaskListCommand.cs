using System.CommandLine;
using System.Globalization;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>tasks list</c>.</summary>
internal static class TaskListCommand
{
    private const int DefaultLimit = 20;

    public static Command Build(Runner runner)
    {
        var status = Options.Names<SyncTaskStatus>("--status", "STATUS", "Only tasks of this status.");
        var outcome = Options.Names<SyncTaskOutcome>("--outcome", "OUTCOME", "Only tasks with this outcome.");
        var type = Options.Text("--type", "TYPE", "Only tasks of this type: RESOURCE_SYNC or VERIFY.");
        var securable = Options.Text("--securable", "NAME", "Only tasks that name this securable.");
        var requestedBy = Options.Text("--requested-by", "SUBJECT", "Only tasks that this subject of a token requested.");
        var source = Options.Text("--source", "SOURCE", "Only tasks whose event has this source.");
        var from = Time("--from", "Only tasks created at this time or later (ISO 8601; UTC unless it says otherwise).");
        var to = Time("--to", "Only tasks created before this time.");
        var limit = Limit("tasks", DefaultLimit);
        var command = new Command("list", "List tasks: open ones first, then ended ones, newest first.")
        {
            status, outcome, type, securable, requestedBy, source, from, to, limit,
        };
        return runner.With(command, async run =>
        {
            using var client = run.Client();
            var most = run.Value(limit) is > 0 and var given ? given : DefaultLimit;
            var filter = new TaskFilter
            {
                Status = run.Value(status),
                Outcome = run.Value(outcome),
                Type = run.Value(type),
                Securable = run.Value(securable),
                RequestedBy = run.Value(requestedBy),
                Source = run.Value(source),
                From = run.Value(from),
                To = run.Value(to),
                PageSize = Math.Min(most + 1, 1_000),
            };
            var found = await client.Tasks(filter).Take(most + 1).ToListAsync(run.Cancellation);
            var tasks = found.Take(most).ToList();
            run.Printer.Print(new { tasks }, printer => Show(printer, tasks, run.World.Time.GetUtcNow()));
            if (found.Count > most)
            {
                run.Printer.Note($"there are more tasks than {most}; `--limit` shows more");
            }

            return ExitCode.Success;
        });
    }

    private static void Show(Printer printer, List<TaskItem> tasks, DateTimeOffset now)
    {
        if (tasks.Count == 0)
        {
            printer.Note("there are no such tasks");
            return;
        }

        printer.Rows(["TASK", "STATE", "AGE", "TYPE", "RESOURCES…"], tasks.Select(task => new[]
        {
            task.TaskId,
            task.Outcome is { } outcome ? Printer.Name(outcome) : Printer.Name(task.Status),
            ProgressLine.Span(now - task.CreateTime),
            task.Type == TaskRequest.SyncType ? "SYNC" : task.Type,
            Resources(task),
        }));
    }

    private static string Resources(TaskItem task) => task.Resources is [var first, ..]
        ? first + (task.ResourceCount is > 1 and var count ? $" +{count - 1}" : "")
        : "";

    /// <summary>The option for the most items of a list.</summary>
    public static Option<int> Limit(string items, int standard) => new("--limit")
    {
        Description = $"Most {items}. Default: {standard}.",
        HelpName = "N",
        CustomParser = static result =>
        {
            if (int.TryParse(result.Tokens[^1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            {
                return number;
            }

            result.AddError("`--limit` is a number from 1");
            return 0;
        },
    };

    /// <summary>An option that is a time.</summary>
    public static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[^1].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }

            result.AddError($"`{name}` is a time such as 2026-11-30T08:00:00Z, not `{result.Tokens[^1].Value}`");
            return null;
        },
    };
}
