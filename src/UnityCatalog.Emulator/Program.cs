using UnityCatalog.Emulator.Hosting;

if (CommandLine.Parse(args, out var error) is not { } options)
{
    await Console.Error.WriteLineAsync($"{error}{Environment.NewLine}{CommandLine.Usage}");
    return 2;
}

WebApplication app;
try
{
    app = EmulatorServer.Build(options);
    await app.StartAsync();
}
catch (Exception e) when (EmulatorServer.IsFaultOfTheCaller(e))
{
    await Console.Error.WriteLineAsync($"cannot start: {e.Message}");
    return 1;
}

var url = EmulatorServer.UrlOf(app);
if (options.PortFile is { } portFile)
{
    // By rename: whoever waits for the file never reads half of it.
    await File.WriteAllTextAsync($"{portFile}.tmp", url);
    File.Move($"{portFile}.tmp", portFile, overwrite: true);
}

await Console.Out.WriteLineAsync($"Unity Catalog emulator at {url}");
await app.WaitForShutdownAsync();
await app.DisposeAsync();
return 0;
