using System.Security.Cryptography;
using Azure.Messaging.EventHubs;
using PolicySync.Adapters.Events;
using PolicySync.ContractCheck.Reports;
using PolicySync.Core.Options;

namespace PolicySync.ContractCheck.Events;

/// <summary>
/// Checks on a real event hub the assumptions of the service about Event Hubs. It sends events that the service ignores, and reads in a
/// consumer group that nothing else reads with.
/// </summary>
public static class EventsCheckCommand
{
    /// <summary>The word after the verb.</summary>
    public const string Word = "events";

    /// <summary>Runs the command.</summary>
    /// <param name="words">The command line after the word.</param>
    /// <param name="readHub">Reads the settings of the hub and their faults.</param>
    /// <param name="output">For the report.</param>
    /// <param name="errors">For progress and faults.</param>
    /// <param name="stop">Stops the check.</param>
    /// <returns>The exit code, as of <see cref="ContractCheckCommand"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> words, Func<(EventHubOptions Hub, IReadOnlyList<string> Faults)> readHub,
        TextWriter output, TextWriter errors, CancellationToken stop)
    {
        var (arguments, wrong) = EventsArguments.Read(words);
        if (arguments is null)
        {
            await errors.WriteLineAsync($"{ContractCheckCommand.Verb} {Word}: {wrong}\n\n{EventsArguments.Usage}");
            return ContractCheckCommand.CouldNotRun;
        }

        if (arguments.IsList)
        {
            await Report.ListAsync(HubProbes.All.Select(probe => probe.Fact), output);
            return ContractCheckCommand.Holds;
        }

        var (hub, faults) = readHub();
        if (faults.Count > 0)
        {
            await errors.WriteLineAsync($"{ContractCheckCommand.Verb} {Word}: {string.Join("; ", faults)}");
            return ContractCheckCommand.CouldNotRun;
        }

        var outcome = await RunAsync(arguments, HubAddress.Of(hub), errors, stop);
        if (outcome.Fault is { } fault)
        {
            await errors.WriteLineAsync($"{ContractCheckCommand.Verb} {Word}: {fault}");
            return ContractCheckCommand.CouldNotRun;
        }

        await Report.WriteAsync(arguments.Form, outcome, output);
        return outcome.IsInterrupted ? ContractCheckCommand.Interrupted
            : outcome.Findings.Any(finding => finding.Answer.Verdict == Verdict.Differs) ? ContractCheckCommand.Differs : ContractCheckCommand.Holds;
    }

    private static async Task<CheckOutcome> RunAsync(EventsArguments arguments, HubAddress address, TextWriter progress, CancellationToken stop)
    {
        var findings = new List<Finding>();
        try
        {
            await using var scene = await HubScene.OpenAsync(
                address, arguments, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)), TimeProvider.System, stop);
            await progress.WriteLineAsync($"sending to partition {scene.Partition}, reading in consumer group {arguments.Group}");
            foreach (var probe in HubProbes.All)
            {
                findings.Add(new Finding(probe.Fact, stop.IsCancellationRequested ? Answer.NotAsked("interrupted") : await AskAsync(probe, scene, stop)));
                await progress.WriteLineAsync($"{findings.Count}/{HubProbes.All.Count} {probe.Fact.Id}");
            }
        }
        catch (Exception e) when (IsOfTheHub(e) && !stop.IsCancellationRequested)
        {
            return new CheckOutcome(findings, [], Short(e));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the report says what was not asked
        }

        return new CheckOutcome(findings, [], IsInterrupted: stop.IsCancellationRequested);
    }

    private static async Task<Answer> AskAsync(HubProbe probe, HubScene scene, CancellationToken stop)
    {
        try
        {
            return await probe.AskAsync(scene, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Answer.NotAsked("interrupted");
        }
        catch (LateException e)
        {
            return Answer.If(holds: false, e.Message);
        }
        catch (Exception e) when (IsOfTheHub(e))
        {
            return Answer.NotAsked(Short(e));
        }
    }

    private static bool IsOfTheHub(Exception e) => e is EventHubsException or UnauthorizedAccessException or IOException
        or System.Net.Sockets.SocketException or TimeoutException or OperationCanceledException or Azure.RequestFailedException or FormatException;

    // The SDK's messages have no key; their second line is a link to its documentation.
    private static string Short(Exception e) => $"{(e as EventHubsException)?.Reason.ToString() ?? e.GetType().Name}: {e.Message.Split('\n')[0].Trim()}";
}
