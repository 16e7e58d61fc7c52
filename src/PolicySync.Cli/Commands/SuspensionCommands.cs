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
        var end = new EndOptions("Why. Tasks that are skipped show it.");
        var command = new Command("suspend", "Have nothing written on securables until a time. Returns when that is in effect.") { pattern };
        end.AddTo(command);
        return runner.With(command, async run =>
        {
            var (reason, until) = end.Read(run);
            using var client = run.Client();
            var suspension = await client.SuspendAsync(run.Value(pattern), reason, until, run.Cancellation);
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
