using System.CommandLine;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>reach</c>: what a principal reaches.</summary>
internal static class ReachCommand
{
    public static Command Build(Runner runner)
    {
        var name = new Argument<string>("PRINCIPAL") { Description = "An e-mail, an application id or the name of a group." };
        return runner.With(new Command("reach", "Show what a principal reaches, itself and by its groups, as the last syncs recorded it.") { name }, async run =>
        {
            using var client = run.Client();
            var pages = await client.ReachAsync(run.Value(name), run.Cancellation).ToListAsync(run.Cancellation);
            var whole = pages[0] with { Reaches = [.. pages.SelectMany(page => page.Reaches)], NextPageToken = null };
            run.Printer.Print(whole, printer => Show(printer, whole));
            return ExitCode.Success;
        });
    }

    private static void Show(Printer printer, PrincipalAccessPage reach)
    {
        printer.Pairs(
            ("Principal", $"{reach.Principal}, {(reach.Kind == PrincipalKind.Unknown ? "not listed by the directory" : Printer.Name(reach.Kind))}"),
            ("Groups", reach.Groups.Count > 0 ? string.Join(", ", reach.Groups) : "none"));
        printer.Line();
        if (reach.Reaches.Count == 0)
        {
            printer.Note("nothing is recorded: it holds nothing on the securables that were synced");
            return;
        }

        printer.Rows(["SECURABLE…", "PRIVILEGE", "BY…", "FROM…"], reach.Reaches.SelectMany(Rows));
    }

    private static IEnumerable<string[]> Rows(ReachDetail reach)
    {
        var by = reach.Membership ? $"member of {reach.Grantee}" : "itself";
        var securable = $"{reach.Type} {reach.FullName}";
        if (reach.Owner)
        {
            yield return [securable, "owner", by, ""];
        }

        foreach (var grant in reach.Grants)
        {
            yield return
            [
                securable, grant.Privilege + (grant.HandedDown ? " and below" : ""), by,
                grant.Origin == GrantOrigin.Ours ? $"policy {grant.PolicyId}" : "foreign",
            ];
        }
    }
}
