using System.Runtime.InteropServices;
using PolicySync.ContractCheck;
using PolicySync.Core.Options;
using PolicySync.Host.Configuration;

namespace PolicySync.Host;

/// <summary>
/// Runs the contract check as a verb of this program, wherever the service runs, with the service's settings of the workspace.
/// Other sections are ignored, as checking a workspace needs no cluster.
/// </summary>
internal static class ContractCheckVerb
{
    public static async Task<int> RunAsync(string[] words)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await ContractCheckCommand.RunAsync(words, Read, Console.Out, Console.Error, stop.Token);

        // The first signal ends the check, which removes what it made. A second one ends the process.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static (WorkspaceOptions Workspace, IReadOnlyList<string> Faults) Read()
    {
        var configuration = PolicySyncHost.CreateBuilder([]).Configuration;
        // A gateway has no settings of the workspace, so this process is no gateway, whatever its configuration says.
        configuration.AddInMemoryCollection([new($"{ProcessOptions.Section}:{nameof(ProcessOptions.Role)}", nameof(ProcessRole.All))]);
        var (settings, faults) = Settings.Read(configuration);
        return (settings.Workspace, [.. faults.Where(fault => fault.Key.StartsWith(WorkspaceOptions.Section, StringComparison.OrdinalIgnoreCase)).Select(fault => fault.ToString())]);
    }
}
