using System.CommandLine;
using System.Text.Json;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>plan</c> and <c>apply</c>: what a sync would change, and doing just that.</summary>
internal static class PlanCommands
{
    /// <summary>What <c>plan --out</c> writes.</summary>
    private sealed record PlanFile(Plan Plan, IReadOnlyList<PlanResource> Resources);

    public static Command BuildPlan(Runner runner)
    {
        var securables = new Securables();
        var policies = Options.Text("--policies", "FILE", "Plan with this download of Ranger (policies.json) in place of the policies.");
        var policy = Options.Text("--policy", "FILE", "Plan with this policy (Ranger's JSON) changed, added, or with `\"delete\": true` removed.");
        var allowRevoke = new Option<bool>("--allow-revoke") { Description = "Let the plan revoke more than the service's limit." };
        var file = Options.Text("--out", "FILE", "Also write the plan as JSON to this file, for `apply`.");
        var command = new Command("plan", "Show what a sync would change, write nothing, and exit with 2 when it would change something.");
        securables.AddTo(command);
        command.Add(policies);
        command.Add(policy);
        command.Add(allowRevoke);
        command.Add(file);
        return runner.With(command, async run =>
        {
            if (run.Value(policies) is not null && run.Value(policy) is not null)
            {
                throw new CliException("`--policies` and `--policy` exclude each other", "give a whole set, or the one policy that changes", ExitCode.Usage);
            }

            var request = new PlanRequest
            {
                Resources = securables.Read(run),
                Policies = await JsonFile.ReadAsync(run.Value(policies), run.Cancellation),
                Policy = await JsonFile.ReadAsync(run.Value(policy), run.Cancellation),
                AllowRevoke = run.Value(allowRevoke) ? true : null,
            };
            using var client = run.Client();
            var made = await client.CreatePlanAsync(request, cancellation: run.Cancellation);
            await TaskFollower.FollowAsync(run, client, made.PlanId, static _ => { });
            var plan = await client.PlanAsync(made.PlanId, run.Cancellation);
            var resources = await client.PlanResources(made.PlanId, new PlanResourceFilter { Changed = true, PageSize = 1_000 }).ToListAsync(run.Cancellation);
            var result = new PlanFile(plan, resources);
            if (run.Value(file) is { } path)
            {
                await File.WriteAllTextAsync(path, Printer.Text(result), run.Cancellation);
            }

            run.Printer.Print(result, printer => Show(printer, plan, resources));
            return plan.Status != SyncTaskStatus.Success ? ExitCode.Error : resources.Count > 0 ? ExitCode.Drift : ExitCode.Success;
        });
    }

    public static Command BuildApply(Runner runner)
    {
        var plan = new Argument<string>("PLAN") { Description = "Id of the plan, or the file that `plan --out` wrote." };
        return runner.With(new Command("apply", "Make the changes of a plan and no others, if nothing has moved since, and wait for the end.") { plan }, async run =>
        {
            using var client = run.Client();
            var accepted = await client.ApplyAsync(await IdAsync(run.Value(plan), run.Cancellation), cancellation: run.Cancellation);
            return await SyncCommands.AfterAsync(run, client, accepted, isWaited: true);
        });
    }

    // An id has digits only; anything else is a file.
    private static async Task<string> IdAsync(string plan, CancellationToken cancellation)
    {
        if (plan.All(char.IsAsciiDigit))
        {
            return plan;
        }

        return await JsonFile.ReadAsync(plan, cancellation) is { ValueKind: JsonValueKind.Object } json
            && json.TryGetProperty("plan", out var inner) && inner.ValueKind == JsonValueKind.Object
            && inner.TryGetProperty("planId", out var id) && id.GetString() is { } text
            ? text
            : throw new CliException($"`{plan}` is not a plan", "give the id of a plan, or a file that `policysync plan --out` wrote");
    }

    private static void Show(Printer printer, Plan plan, List<PlanResource> resources)
    {
        foreach (var resource in resources)
        {
            printer.Line($"{resource.Type} {resource.FullName}");
            foreach (var line in resource.Lines)
            {
                printer.Diff($"  {line}");
            }

            if (resource.Lines.Count == 0)
            {
                printer.Diff($"  ~ {resource.Message}");
            }
        }

        foreach (var failure in plan.Failures)
        {
            printer.Line($"! {failure.Type} {failure.FullName}: {failure.Code}: {failure.Message}");
        }

        printer.Line();
        var summary = plan.Summary;
        printer.Pairs(
            ("Plan", plan.PlanId),
            ("Status", Printer.Name(plan.Status)),
            ("Message", plan.Message),
            ("Policies", $"version {plan.Policies.Version}{(plan.Policies.Candidate ? ", candidate" : "")}"),
            ("Changes", summary is null ? null : $"{summary.Grants} grants, {summary.Revokes} revokes, {summary.FiltersSet + summary.MasksSet} filters and masks set, {summary.FiltersDropped + summary.MasksDropped} dropped on {summary.Securables} securables"),
            ("Gain access", summary is null ? null : Users(summary.GainingCount, summary.Gaining)),
            ("Lose access", summary is null ? null : Users(summary.LosingCount, summary.Losing)));
        foreach (var note in plan.Warnings.Concat(summary?.Notes ?? []))
        {
            printer.Note(note);
        }

        if (plan.Status == SyncTaskStatus.Success && resources.Count > 0)
        {
            printer.Note($"`policysync apply {plan.PlanId}` makes these changes, until {WhoAmICommand.Text(plan.ExpireTime)}");
        }
    }

    private static string? Users(int count, IReadOnlyList<PlanUser> users) => count == 0 ? null
        : $"{count}: {string.Join(", ", users.Take(10).Select(user => user.User))}{(count > 10 ? ", …" : "")}";
}
