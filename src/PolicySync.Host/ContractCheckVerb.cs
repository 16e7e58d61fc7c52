using System.Runtime.InteropServices;
using PolicySync.ContractCheck;
using PolicySync.Core.Options;
using PolicySync.Host.Configuration;

namespace PolicySync.Host;

/// <summary>
/// The contract check as a verb of this program, so that it runs wherever the service does, with the service's own settings
/// of the workspace. Keys of other sections are not looked at: whoever checks a workspace need not have a cluster.
/// </summary>
internal static class ContractCheckVerb
{
    public static async Task<int> RunAsync(string[] words)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await ContractCheckCommand.RunAsync(words, Read, Console.Out, Console.Error, stop.Token);

        // The first signal ends the asking, and what was made is removed. A second one ends the process.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static (WorkspaceOptions Workspace, IReadOnlyList<string> Faults) Read()
    {
        var configuration = PolicySyncHost.CreateBuilder([]).Configuration;
        // A gateway's settings hold no workspace; this process is none, whatever it may be configured to be.
        configuration.AddInMemoryCollection([new($"{ProcessOptions.Section}:{nameof(ProcessOptions.Role)}", nameof(ProcessRole.All))]);
        var (settings, faults) = Settings.Read(configuration);
        return (settings.Workspace, [.. faults.Where(fault => fault.Key.StartsWith(WorkspaceOptions.Section, StringComparison.OrdinalIgnoreCase)).Select(fault => fault.ToString())]);
    }
}
