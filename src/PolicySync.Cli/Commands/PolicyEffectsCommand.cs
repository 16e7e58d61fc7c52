using System.CommandLine;
using System.Globalization;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>policies effects</c>: where a policy acts and what it could not do.</summary>
internal static class PolicyEffectsCommand
{
    public static Command Build(Runner runner)
    {
        var id = new Argument<long>("POLICY") { Description = "Id of the policy in Ranger." };
        return runner.With(new Command("effects", "Show where a policy acts and what it could not do, as the last syncs recorded it.") { id }, async run =>
        {
            using var client = run.Client();
            var effects = await client.PolicyEffects(run.Value(id)).ToListAsync(run.Cancellation);
            run.Printer.Print(new { policyId = run.Value(id), effects }, printer => Show(printer, effects));
            return ExitCode.Success;
        });
    }

    private static void Show(Printer printer, List<PolicyEffect> effects)
    {
        if (effects.Count == 0)
        {
            printer.Note("nothing is recorded: no sync has granted, guarded or left anything for this policy");
            return;
        }

        foreach (var effect in effects)
        {
            printer.Line($"{effect.Type} {effect.FullName}");
            foreach (var grant in effect.Grants)
            {
                printer.Line($"  + {grant.Privilege} {grant.Principal}");
            }

            More(printer, effect.GrantCount - effect.Grants.Count, "grants");
            if (effect.RowFilter)
            {
                printer.Line("  + row filter");
            }

            foreach (var column in effect.MaskedColumns)
            {
                printer.Line($"  + mask of {column}");
            }

            foreach (var gap in effect.Gaps)
            {
                printer.Line($"  ! {gap.Code} {Printer.Name(gap.Direction)} {gap.Privilege} {gap.Principal}".TrimEnd());
            }

            More(printer, effect.GapCount - effect.Gaps.Count, "gaps");
        }
    }

    private static void More(Printer printer, int more, string what)
    {
        if (more > 0)
        {
            printer.Line(string.Create(CultureInfo.InvariantCulture, $"  and {more} more {what}"));
        }
    }
}
