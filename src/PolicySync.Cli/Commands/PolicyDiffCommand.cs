using System.CommandLine;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary><c>policies diff</c>: what is evaluated differently by candidate policies.</summary>
internal static class PolicyDiffCommand
{
    public static Command Build(Runner runner)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "Download of Ranger (policies.json) to compare with the policies that the service uses.", Arity = ArgumentArity.ZeroOrOne,
        };
        var policy = Options.Text("--policy", "FILE", "Compare this policy (Ranger's JSON) changed, added, or with `\"delete\": true` removed.");
        var plan = Options.Text("--plan", "PLAN", "Compare the candidate policies of this plan.");
        var command = new Command("diff", "Show what other policies change in those that the service uses, and exit with 2 when they change something.")
        {
            file, policy, plan,
        };
        command.Validators.Add(result =>
        {
            if (new[] { result.GetResult(file)?.Tokens.Count > 0, result.GetResult(policy) is not null, result.GetResult(plan) is not null }.Count(given => given) != 1)
            {
                result.AddError("a FILE, `--policy` or `--plan` says what to compare; one of them");
            }
        });
        return runner.With(command, async run =>
        {
            using var client = run.Client();
            var pages = run.Value(plan) is { } id
                ? client.ComparePlanPoliciesAsync(id, run.Cancellation)
                : client.ComparePoliciesAsync(
                    new PolicyDiffRequest
                    {
                        Policies = await JsonFile.ReadAsync(run.Parsed.GetValue(file), run.Cancellation),
                        Policy = await JsonFile.ReadAsync(run.Value(policy), run.Cancellation),
                    }, run.Cancellation);
            var read = await pages.ToListAsync(run.Cancellation);
            var diff = read[0] with { Policies = [.. read.SelectMany(page => page.Policies)], NextPageToken = null };
            run.Printer.Print(diff, printer => PolicyDiffView.Show(printer, diff));
            return diff.Differs ? ExitCode.Drift : ExitCode.Success;
        });
    }
}
