using System.CommandLine;
using System.Globalization;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>drift</c>: lists differences, and has them adopted, ignored or repaired.</summary>
internal static class DriftCommands
{
    private const int DefaultLimit = 100;

    public static Command Build(Runner runner) => new("drift", "List differences that verifications found; adopt, ignore or repair them.")
    {
        BuildList(runner),
        BuildAdopt(runner),
        BuildIgnore(runner),
        BuildRepair(runner),
    };

    private static Command BuildList(Runner runner)
    {
        var kind = Options.Names<DriftKind>("--kind", "KIND", "Only DRIFT, which a sync removes, or FOREIGN, grants of others that it leaves.");
        var state = Options.Names<DriftState>("--state", "STATE", "Only OPEN or IGNORED differences.");
        var securable = new Option<string?>("--securable") { Description = "Only differences of what this pattern covers.", HelpName = "PATTERN" };
        var principal = new Option<string?>("--principal") { Description = "Only differences of grants of this principal.", HelpName = "NAME" };
        var limit = TaskListCommand.Limit("differences", DefaultLimit);
        return runner.With(new Command("list", "List differences over all securables that the token may read.") { kind, state, securable, principal, limit }, async run =>
        {
            using var client = run.Client();
            var most = run.Value(limit) is > 0 and var given ? given : DefaultLimit;
            var filter = new DriftFilter
            {
                Kind = run.Value(kind), State = run.Value(state), Securable = run.Value(securable), Principal = run.Value(principal),
                PageSize = Math.Min(most + 1, 1_000),
            };
            var found = await client.Drift(filter).Take(most + 1).ToListAsync(run.Cancellation);
            var drift = found.Take(most).OrderBy(item => item.FullName, StringComparer.Ordinal).ThenBy(item => item.Type, StringComparer.Ordinal).ToList();
            run.Printer.Print(new { drift }, printer => Show(printer, drift));
            if (found.Count > most)
            {
                run.Printer.Note($"there are more differences than {most}; `--limit` shows more");
            }

            return ExitCode.Success;
        });
    }

    private static Command BuildAdopt(Runner runner)
    {
        var id = IdArgument();
        return runner.With(new Command("adopt", "Take a grant of others as the service's own, so that the next sync governs it.") { id }, async run =>
        {
            using var client = run.Client();
            await client.AdoptAsync(run.Value(id), run.Cancellation);
            run.Printer.Print(new { id = run.Value(id) }, static printer => printer.Note("the grant is the service's own; a sync revokes it unless a policy wants it"));
            return ExitCode.Success;
        });
    }

    private static Command BuildIgnore(Runner runner)
    {
        var id = IdArgument();
        var end = new EndOptions("Why.");
        var command = new Command("ignore", "Have a difference not reported until a time. Syncs repair it nevertheless.") { id };
        end.AddTo(command);
        return runner.With(command, async run =>
        {
            var (reason, until) = end.Read(run);
            using var client = run.Client();
            var item = await client.IgnoreAsync(run.Value(id), reason, until, run.Cancellation);
            run.Printer.Print(item, printer => Show(printer, [item]));
            return ExitCode.Success;
        });
    }

    private static Command BuildRepair(Runner runner)
    {
        var id = IdArgument();
        var wait = new Option<bool>("--wait") { Description = "Wait for the end, and exit with 3 when not everything is done." };
        return runner.With(new Command("repair", "Sync the securable of a difference.") { id, wait }, async run =>
        {
            using var client = run.Client();
            var accepted = await client.RepairAsync(run.Value(id), cancellation: run.Cancellation);
            return await SyncCommands.AfterAsync(run, client, accepted, run.Value(wait));
        });
    }

    private static void Show(Printer printer, IReadOnlyList<DriftItem> drift)
    {
        if (drift.Count == 0)
        {
            printer.Note("no differences are recorded; `policysync verify` finds them");
        }

        foreach (var securable in drift.GroupBy(item => (item.Type, item.FullName)))
        {
            printer.Line($"{securable.Key.Type} {securable.Key.FullName}");
            foreach (var item in securable)
            {
                printer.Pairs(
                    (Printer.Name(item.Kind), What(item)), ("  id", item.Id), ("  since", Text(item.Since)),
                    ("  policy", item.PolicyName is { } name ? $"{name} ({item.PolicyId})" : null),
                    ("  changed", item.ChangedBy is { } by ? $"by {by} {Text(item.ChangeTime)}" : null),
                    ("  adopted", item.AdoptedBy is { } adopter ? $"by {adopter} {Text(item.AdoptTime)}" : null),
                    ("  ignored", item.State == DriftState.Ignored ? $"until {Text(item.IgnoreEndTime)}: {item.IgnoreReason}" : null));
            }

            printer.Line();
        }
    }

    private static string What(DriftItem item) => item switch
    {
        { Kind: DriftKind.Foreign } => $"{item.Privilege} of {item.Principal}",
        { Action: { } action } => string.Join(' ', new[] { Printer.Name(action), item.Privilege, item.Principal, item.Column }.OfType<string>()),
        _ => "functions of row filters or masks are not as the service made them",
    };

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static Argument<string> IdArgument() => new("ID") { Description = "Id of the difference, as `policysync drift list` shows it." };
}
