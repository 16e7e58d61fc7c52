using System.Globalization;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary>Tasks and results as people read them.</summary>
internal static class TaskViews
{
    private const int MostLines = 20;

    public static void Task(Run run, SyncTask task)
    {
        run.Printer.Pairs(
            ("Task", task.TaskId),
            ("Type", task.DryRun ? $"{task.Type} (dry run)" : task.Type),
            ("Status", Printer.Name(task.Status)),
            ("Outcome", task.Outcome is { } outcome ? Printer.Name(outcome) : null),
            ("Message", task.Message),
            ("Progress", ProgressLine.Text(task.Status, task.Progress)[(Printer.Name(task.Status).Length + 2)..]),
            ("Requested by", task.RequestedBy),
            ("Created", WhoAmICommand.Text(task.CreateTime)),
            ("Started", task.StartTime is { } start ? WhoAmICommand.Text(start) : null),
            ("Ended", task.EndTime is { } end ? WhoAmICommand.Text(end) : null),
            ("Policies", task.PolicyVersion is { } version ? string.Create(CultureInfo.InvariantCulture, $"version {version}{(task.StalePolicies ? ", cached: their source did not answer" : "")}") : null),
            ("Retry of", task.RetryOf),
            ("Retried by", task.RetriedBy),
            ("Cancelled by", task.CancelRequestedBy));
        foreach (var failure in task.Failures)
        {
            run.Printer.Line($"! {failure.Type} {failure.FullName}: {failure.Code}: {failure.Message}");
        }
    }

    /// <summary>The first changes of a task, and how to see the rest.</summary>
    public static async Task ChangesAsync(Run run, PolicySyncClient client, SyncTask task)
    {
        var lines = 0;
        await foreach (var resource in client.Resources(task.TaskId, new ResourceFilter { PageSize = 100 }).WithCancellation(run.Cancellation))
        {
            foreach (var text in Lines(resource))
            {
                if (++lines > MostLines)
                {
                    run.Printer.Line($"… `policysync tasks show {task.TaskId} --results` shows all");
                    return;
                }

                run.Printer.Line(text);
            }
        }

        if (task.Progress.Gaps > 0)
        {
            run.Printer.Note($"`policysync gaps {task.TaskId}` shows the gaps");
        }
    }

    public static void Result(Printer printer, TaskResource resource)
    {
        printer.Line($"{Printer.Name(resource.Status)} {resource.Type} {resource.FullName}: {resource.Error?.Code ?? resource.Message}");
        if (resource.Error is { } error)
        {
            printer.Line($"  {error.Message}");
        }

        foreach (var line in Lines(resource))
        {
            printer.Line($"  {line}");
        }
    }

    private static IEnumerable<string> Lines(TaskResource resource) =>
    [
        .. resource.Changes.Select(change => $"{Sign(change.Action)} {resource.Type} {resource.FullName}: {What(change)}{Why(change)}"),
        .. resource.ExternalChanges.Select(change =>
            $"~ {resource.Type} {resource.FullName}: {Printer.Name(change.Action)} {change.Privilege} {change.Principal} by {change.By ?? "someone else"}"),
    ];

    private static string What(ResourceChange change) => change.Privilege is null
        ? $"{Printer.Name(change.Action)}{(change.Column is null ? "" : $" {change.Column}")}"
        : $"{Printer.Name(change.Action)} {change.Privilege} {change.Principal}";

    private static string Why(ResourceChange change) => change.PolicyName is null ? "" : $" (policy {change.PolicyName})";

    private static char Sign(ChangeAction action) => action is ChangeAction.Grant or ChangeAction.SetFilter or ChangeAction.SetMask ? '+' : '-';
}
