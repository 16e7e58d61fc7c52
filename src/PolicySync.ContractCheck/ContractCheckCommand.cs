using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PolicySync.Adapters;
using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Authentication;
using PolicySync.ContractCheck.Reports;
using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core.Options;

namespace PolicySync.ContractCheck;

/// <summary>
/// Checks on a workspace the assumptions of the service about Unity Catalog, in a schema that it creates and removes. It
/// changes nothing else, except a foreign table that the command line names.
/// </summary>
public static class ContractCheckCommand
{
    /// <summary>The verb of the command line.</summary>
    public const string Verb = "contract-check";

    /// <summary>All facts that were asked hold.</summary>
    public const int Holds = 0;

    /// <summary>At least one fact differs.</summary>
    public const int Differs = 1;

    /// <summary>The check could not run, or could not remove everything that it created.</summary>
    public const int CouldNotRun = 2;

    /// <summary>The check was interrupted and removed everything that it had created.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs the command.</summary>
    /// <param name="words">The command line after the verb.</param>
    /// <param name="readWorkspace">Reads the settings of the workspace and their faults.</param>
    /// <param name="output">For the report.</param>
    /// <param name="errors">For progress and faults.</param>
    /// <param name="stop">Stops the check; created objects are still removed.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> words, Func<(WorkspaceOptions Workspace, IReadOnlyList<string> Faults)> readWorkspace,
        TextWriter output, TextWriter errors, CancellationToken stop)
    {
        var (arguments, wrong) = CheckArguments.Read(words);
        if (arguments is null)
        {
            await errors.WriteLineAsync($"{Verb}: {wrong}\n\n{CheckArguments.Usage}");
            return CouldNotRun;
        }

        if (arguments.IsList)
        {
            await Report.ListAsync(Facts.Probes.Select(probe => probe.Fact), output);
            return Holds;
        }

        var (workspace, faults) = readWorkspace();
        if (faults.Count > 0)
        {
            await errors.WriteLineAsync($"{Verb}: {string.Join("; ", faults)}");
            return CouldNotRun;
        }

        await using var services = Services(workspace);
        var outcome = await new CheckRun(services, arguments, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)), errors).RunAsync(stop);
        if (outcome.Fault is { } fault)
        {
            await errors.WriteLineAsync($"{Verb}: {fault}");
        }

        if (outcome.Findings.Count > 0 || outcome.Fault is null)
        {
            await Report.WriteAsync(arguments.Form, outcome, output);
        }
        else
        {
            foreach (var left in outcome.Left)
            {
                await errors.WriteLineAsync($"not removed: {left}");
            }
        }

        return outcome switch
        {
            { Fault: not null } or { Left.Count: > 0 } => CouldNotRun,
            { IsInterrupted: true } => Interrupted,
            _ => outcome.Findings.Any(finding => finding.Answer.Verdict == Verdict.Differs) ? Differs : Holds,
        };
    }

    private static ServiceProvider Services(WorkspaceOptions workspace)
    {
        var services = new ServiceCollection();
        services.AddLogging(); // without a provider: the report is the output
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Options.Create(workspace));
        services.AddPolicySyncAdapters();
        services.AddPlainClient(RawWorkspace.Client, isBudgeted: true);
        services.AddPlainClient(RawWorkspace.HurriedClient, isBudgeted: false);
        services.AddSingleton(provider => new RawWorkspace(
            provider.GetRequiredService<IHttpClientFactory>(), provider.GetRequiredService<IAccessTokenSource>(), provider.GetRequiredService<TimeProvider>()));
        return services.BuildServiceProvider();
    }
}
