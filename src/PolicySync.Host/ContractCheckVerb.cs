using System.Runtime.InteropServices;
using PolicySync.ContractCheck;
using PolicySync.ContractCheck.Events;
using PolicySync.Core.Options;
using PolicySync.Host.Configuration;

namespace PolicySync.Host;

/// <summary>
/// Runs the contract check as a verb of this program, wherever the service runs, with the service's settings of the workspace
/// or of the event hub. Other sections are ignored, as checking needs no cluster.
/// </summary>
internal static class ContractCheckVerb
{
    public static async Task<int> RunAsync(string[] words)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return words is [EventsCheckCommand.Word, .. var rest]
            ? await EventsCheckCommand.RunAsync(rest, ReadHub, Console.Out, Console.Error, stop.Token)
            : await ContractCheckCommand.RunAsync(words, Read, Console.Out, Console.Error, stop.Token);

        // The first signal ends the check, which removes what it made. A second one ends the process.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static (WorkspaceOptions Workspace, IReadOnlyList<string> Faults) Read()
    {
        var (settings, faults) = Read(WorkspaceOptions.Section);
        return (settings.Workspace, faults);
    }

    private static (EventHubOptions Hub, IReadOnlyList<string> Faults) ReadHub()
    {
        // A hub is checked whether or not the service is to read it.
        var (settings, faults) = Read(EventRules.Hub, new($"{EventRules.Hub}:{nameof(EventHubOptions.Enabled)}", "true"), new(ConnectorFlags.EventHubKey, "true"));
        return (settings.Events.EventHub, faults);
    }

    private static (Settings Settings, IReadOnlyList<string> Faults) Read(string section, params KeyValuePair<string, string?>[] values)
    {
        var configuration = PolicySyncHost.CreateBuilder([]).Configuration;
        // A gateway has no settings of the workspace or the hub, so this process is no gateway, whatever its configuration says.
        configuration.AddInMemoryCollection([new($"{ProcessOptions.Section}:{nameof(ProcessOptions.Role)}", nameof(ProcessRole.All)), .. values]);
        var (settings, faults) = Settings.Read(configuration);
        return (settings, [.. faults.Where(fault => fault.Key.StartsWith(section, StringComparison.OrdinalIgnoreCase)).Select(fault => fault.ToString())]);
    }
}
