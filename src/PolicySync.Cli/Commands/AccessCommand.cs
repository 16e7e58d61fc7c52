using System.CommandLine;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>access</c>: who has access to a securable and why.</summary>
internal static class AccessCommand
{
    public static Command Build(Runner runner)
    {
        var securable = new SecurableArgument();
        var principal = new Option<string?>("--principal") { Description = "Only this user, service principal or group.", HelpName = "NAME" };
        var privilege = new Option<string?>("--privilege") { Description = "Only this privilege.", HelpName = "PRIVILEGE" };
        var holders = new Option<bool>("--holders") { Description = "Only those that hold a grant, without the members of groups." };
        var last = new Option<bool>("--last") { Description = "What the last sync recorded; the workspace is not read." };
        var command = new Command("access", "Show who has access to a securable, by which path, and what policy says about it.") { principal, privilege, holders, last };
        securable.AddTo(command);
        return runner.With(command, async run =>
        {
            using var client = run.Client();
            var (type, fullName) = securable.Read(run);
            var filter = new AccessFilter
            {
                Principal = run.Value(principal),
                Privilege = run.Value(privilege),
                HoldersOnly = run.Value(holders),
                Source = run.Value(last) ? AccessSource.Last : null,
                PageSize = 1_000,
            };
            var pages = await client.AccessAsync(type, fullName, filter, run.Cancellation).ToListAsync(run.Cancellation);
            var whole = pages[0] with { Principals = [.. pages.SelectMany(page => page.Principals)], Calls = pages.Sum(page => page.Calls), NextPageToken = null };
            run.Printer.Print(whole, printer => Show(printer, whole));
            foreach (var unread in whole.Unread)
            {
                run.Printer.Note($"not read: {unread}");
            }

            return ExitCode.Success;
        });
    }

    private static void Show(Printer printer, AccessPage access)
    {
        printer.Pairs(
            ("Securable", $"{access.Type} {access.FullName}"),
            ("Owner", access.Owner),
            ("Read", access.ReadTime is { } time ? WhoAmICommand.Text(time) : "nothing is recorded"));
        printer.Line();
        printer.Rows(["PRINCIPAL…", "PRIVILEGE", "BY…", "POLICY…"], access.Principals.SelectMany(principal => principal.Privileges.Select(held => new[]
        {
            principal.Principal, held.Privilege, string.Join("; ", held.Paths.Select(Path)), Opinion(held),
        })));
        foreach (var principal in access.Principals.Where(principal => principal.MissingUse.Count > 0))
        {
            printer.Line($"{principal.Principal} cannot use it without {string.Join(", ", principal.MissingUse.Select(use => $"{use.Privilege} on {use.Type} {use.FullName}"))}");
        }

        foreach (var gap in access.Gaps)
        {
            printer.Line($"{Printer.Name(gap.Direction)} {gap.Code}: {gap.Detail}");
        }

        if (access.ChangeCount > 0)
        {
            printer.Line($"a sync would make {access.ChangeCount} changes: `policysync sync {access.Type} {access.FullName} --dry-run --wait` shows them");
        }
    }

    private static string Path(HeldPath path) =>
        (path.Membership ? $"member of {path.Grantee}, " : "")
        + (path.Path == AccessPath.Ownership ? "owner"
            : $"{path.Granted} on {path.Type} {path.FullName}, {(path.Origin == GrantOrigin.Ours ? $"policy {path.PolicyId}" : "foreign")}");

    private static string Opinion(HeldPrivilege held) => held.Policy is not { } policy ? ""
        : (held.Difference is null ? "" : "EXPOSED: ")
            + Printer.Name(policy.Verdict) + (policy.PolicyId is { } id ? $" by policy {id}" : "");
}
