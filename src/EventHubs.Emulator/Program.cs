using System.Net.Sockets;
using EventHubs.Emulator;

if (args is [SendCommand.Word, .. var rest])
{
    return await SendCommand.RunAsync(rest, Console.OpenStandardInput(), Console.Error);
}

if (EmulatorOptions.Parse(args, out var error) is not { } options)
{
    await Console.Error.WriteLineAsync($"{error}{Environment.NewLine}{EmulatorOptions.Usage}{Environment.NewLine}{SendCommand.Usage}");
    return 2;
}

EventHubsEmulator emulator;
try
{
    emulator = EventHubsEmulator.Start(options, TimeProvider.System);
}
catch (SocketException e)
{
    await Console.Error.WriteLineAsync($"cannot listen on port {options.Port}: {e.Message}");
    return 1;
}

using (emulator)
{
    var stop = new TaskCompletionSource();
    using var interrupted = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, Stop);
    Console.CancelKeyPress += (_, e) =>
    {
        e.Cancel = true;
        stop.TrySetResult();
    };
    foreach (var (name, _) in options.Hubs)
    {
        await Console.Out.WriteLineAsync(emulator.ConnectionString(name));
    }

    await stop.Task;

    void Stop(System.Runtime.InteropServices.PosixSignalContext context)
    {
        context.Cancel = true;
        stop.TrySetResult();
    }
}

return 0;
