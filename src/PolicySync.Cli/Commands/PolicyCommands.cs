using System.CommandLine;
using System.Globalization;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>policies</c>: the policies that the service accepted last.</summary>
internal static class PolicyCommands
{
    public static Command Build(Runner runner) => new("policies", "List and show the policies that the service uses.")
    {
        BuildList(runner),
        BuildShow(runner),
        PolicyEffectsCommand.Build(runner),
        PolicyDiffCommand.Build(runner),
    };

    private static Command BuildList(Runner runner)
    {
        var text = Options.Text("--text", "TEXT", "Only policies whose name or description has this text.");
        var kind = Options.Names<PolicyKind>("--kind", "KIND", "Only policies of this kind.");
        var zone = Options.Text("--zone", "ZONE", "Only policies of this security zone.");
        var principal = Options.Text("--principal", "NAME", "Only policies that name this user, group or role.");
        var resource = Options.Text("--resource", "NAME", "Only policies that concern this securable.");
        var disabled = new Option<bool>("--disabled") { Description = "Only policies that are disabled." };
        var command = new Command("list", "List policies with their parts without effect, and the version and age of the set.")
        {
            text, kind, zone, principal, resource, disabled,
        };
        return runner.With(command, async run =>
        {
            using var client = run.Client();
            var filter = new PolicyFilter
            {
                Text = run.Value(text),
                Kind = run.Value(kind),
                Zone = run.Value(zone),
                Principal = run.Value(principal),
                Resource = run.Value(resource),
                Enabled = run.Value(disabled) ? false : null,
                PageSize = 1_000,
            };
            var policies = new List<PolicyItem>();
            PolicyPage page;
            string? token = null;
            do
            {
                page = await client.PoliciesAsync(filter, token, run.Cancellation);
                policies.AddRange(page.Policies);
                token = page.NextPageToken;
            }
            while (token is not null);
            run.Printer.Print(new { policies, set = page.Set }, printer => Show(printer, policies, page.Set));
            return ExitCode.Success;
        });
    }

    private static Command BuildShow(Runner runner)
    {
        var id = new Argument<long>("POLICY") { Description = "Id of the policy in Ranger." };
        var kind = Options.Names<PolicyKind>("--kind", "KIND", "The kind, where a tag policy has the id of another one.");
        return runner.With(new Command("show", "Show a policy as Ranger's JSON, and its parts without effect.") { id, kind }, async run =>
        {
            using var client = run.Client();
            var policy = await client.PolicyAsync(run.Value(id), run.Value(kind), run.Cancellation);
            run.Printer.Print(policy, printer =>
            {
                printer.Pairs(
                    ("Kind", Printer.Name(policy.Kind)), ("Zone", policy.Zone), ("Set", SetText(policy.Set)));
                foreach (var warning in policy.Warnings)
                {
                    printer.Line($"! {warning}");
                }

                printer.Line();
                printer.Json(policy.Policy);
            });
            return ExitCode.Success;
        });
    }

    private static void Show(Printer printer, List<PolicyItem> policies, PolicySetInfo set)
    {
        if (policies.Count > 0)
        {
            printer.Rows(["POLICY", "KIND", "NAME…", "RESOURCES…"], policies.Select(policy => new[]
            {
                policy.Id?.ToString(CultureInfo.InvariantCulture) ?? "",
                Printer.Name(policy.Kind),
                $"{policy.Name}{(policy.Zone is null ? "" : $" (zone {policy.Zone})")}{(policy.Enabled ? "" : " (disabled)")}",
                policy.Resources is [var first, ..] ? first + (policy.ResourceCount > 1 ? $" +{policy.ResourceCount - 1}" : "") : "",
            }));
        }

        foreach (var policy in policies)
        {
            foreach (var warning in policy.Warnings)
            {
                printer.Line(string.Create(CultureInfo.InvariantCulture, $"! policy {policy.Id} {policy.Name}: {warning}"));
            }
        }

        printer.Note($"{(policies.Count == 0 ? "there are no such policies; " : "")}{SetText(set)}");
    }

    /// <summary>A set in words: its version, and when the source was last seen to have it.</summary>
    public static string SetText(PolicySetInfo set) => string.Create(
        CultureInfo.InvariantCulture,
        $"version {set.Version}, {(set.AgeSeconds is { } age ? $"seen in the source {ProgressLine.Span(TimeSpan.FromSeconds(age))} ago" : "the source did not answer yet")}{(set.Failure is null ? "" : $"; the last check failed: {set.Failure}")}");
}
