using System.CommandLine;
using System.Globalization;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>suspend</c>, <c>resume</c> and <c>suspensions</c>: where nothing is written for a time.</summary>
internal static class SuspensionCommands
{
    public static Command BuildSuspend(Runner runner)
    {
        var pattern = PatternArgument();
        var reason = new Option<string>("--reason") { Description = "Why. Tasks that are skipped show it.", HelpName = "TEXT", Required = true };
        var until = TaskListCommand.Time("--until", "The end (ISO 8601; UTC unless it says otherwise), at most 366 days ahead.");
        var span = new Option<string?>("--for") { Description = "The end as a time from now: a number and s, m, h or d.", HelpName = "TIME" };
        var command = new Command("suspend", "Have nothing written on securables until a time. Returns when that is in effect.") { pattern, reason, until, span };
        command.Validators.Add(result =>
        {
            if (result.GetResult(until) is null == result.GetResult(span) is null)
            {
                result.AddError("`--until` or `--for` says when it ends; one of them");
            }
        });
        return runner.With(command, async run =>
        {
            var end = run.Value(until) ?? run.World.Time.GetUtcNow().AddSeconds(TokenCommands.Seconds(run.Value(span)!, "--for"));
            using var client = run.Client();
            var suspension = await client.SuspendAsync(run.Value(pattern), run.Value(reason)!, end, run.Cancellation);
            run.Printer.Print(suspension, printer => printer.Pairs(
                ("Pattern", suspension.Pattern), ("Until", Text(suspension.EndTime)), ("Reason", suspension.Reason), ("Set by", suspension.CreatedBy)));
            return ExitCode.Success;
        });
    }

    public static Command BuildResume(Runner runner)
    {
        var pattern = PatternArgument();
        return runner.With(new Command("resume", "Delete a suspension. Nothing is synced by this alone.") { pattern }, async run =>
        {
            using var client = run.Client();
            await client.ResumeAsync(run.Value(pattern), run.Cancellation);
            run.Printer.Print(new { pattern = run.Value(pattern) }, printer => printer.Note($"{run.Value(pattern)} is not suspended any more"));
            return ExitCode.Success;
        });
    }

    public static Command BuildList(Runner runner) => runner.With(new Command("suspensions", "List the suspensions that are in force."), async run =>
    {
        using var client = run.Client();
        var suspensions = await client.Suspensions().ToListAsync(run.Cancellation);
        run.Printer.Print(new { suspensions }, printer =>
        {
            if (suspensions.Count == 0)
            {
                printer.Note("nothing is suspended");
                return;
            }

            printer.Rows(["PATTERN…", "UNTIL", "SET BY…", "REASON…"], suspensions.Select(suspension => new[]
            {
                suspension.Pattern, Text(suspension.EndTime), suspension.CreatedBy ?? "", suspension.Reason,
            }));
        });
        return ExitCode.Success;
    });

    private static Argument<string> PatternArgument() => new("PATTERN")
    {
        Description = "1 to 3 names joined by dots, with * and ? within a name, for example main.sales; covers everything below too.",
    };

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
