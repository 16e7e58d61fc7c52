using System.CommandLine;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>gaps</c>: what a task could not make equal.</summary>
internal static class GapsCommand
{
    /// <summary>A gap with the securable that has it.</summary>
    private sealed class Row(TaskResource resource, Gap gap)
    {
        public string Type => resource.Type;

        public string FullName => resource.FullName;

        public string Code => gap.Code;

        public GapDirection Direction => gap.Direction;

        public string? Principal => gap.Principal;

        public string? Privilege => gap.Privilege;

        public string Detail => gap.Detail;

        public long? PolicyId => gap.PolicyId;
    }

    public static Command Build(Runner runner)
    {
        var id = TaskCommands.TaskArgument();
        var code = new Option<string?>("--code") { Description = "Only gaps of this code.", HelpName = "CODE" };
        return runner.With(new Command("gaps", "List the differences between policies and Unity Catalog that a task left.") { id, code }, async run =>
        {
            using var client = run.Client();
            var only = run.Value(code);
            var gaps = new List<Row>();
            var hasMore = false;
            await foreach (var resource in client.Resources(run.Value(id), new ResourceFilter { Code = only }).WithCancellation(run.Cancellation))
            {
                hasMore |= resource.GapCount > resource.Gaps.Count;
                gaps.AddRange(resource.Gaps.Where(gap => only is null || gap.Code == only).Select(gap => new Row(resource, gap)));
            }

            run.Printer.Print(new { gaps }, printer => Show(printer, gaps));
            if (hasMore)
            {
                run.Printer.Note("some securables have more gaps than the service keeps; these are the first of each");
            }

            return ExitCode.Success;
        });
    }

    private static void Show(Printer printer, List<Row> gaps)
    {
        if (gaps.Count == 0)
        {
            printer.Note("there are no gaps");
        }

        foreach (var group in gaps.GroupBy(gap => (gap.Type, gap.FullName)))
        {
            printer.Line($"{group.Key.Type} {group.Key.FullName}");
            printer.Rows(["CODE", "DIRECTION", "PRINCIPAL…", "PRIVILEGE…"], group.Select(gap =>
                new[] { gap.Code, Printer.Name(gap.Direction), gap.Principal ?? "", gap.Privilege ?? "" }));
            foreach (var (gapCode, detail) in group.Select(gap => (gap.Code, gap.Detail)).Distinct())
            {
                printer.Pairs((gapCode, detail));
            }

            printer.Line();
        }
    }
}
