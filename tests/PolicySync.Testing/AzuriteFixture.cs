using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace PolicySync.Testing;

/// <summary>
/// A storage of its own for a test run: Azurite on free loopback ports, in memory, stopped by its process at the end.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    /// <summary>Names another Azurite than the one that <c>deploy/dev.sh deps</c> installs.</summary>
    public const string PathVariable = "POLICYSYNC_AZURITE";

    // The fixed account of every Azurite; not a secret. Source: Azurite's README, «Default Storage Account».
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const int StartAttempts = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private Process? _process;

    /// <summary>Arguments beyond the usual ones; set before it starts.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How to reach it.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Its process; for measuring.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>The table service's port on loopback.</summary>
    public int TablePort { get; private set; }

    public async Task InitializeAsync()
    {
        var azurite = Find();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await StartAsync(azurite);
                return;
            }
            catch (InvalidOperationException) when (attempt < StartAttempts)
            {
                await DisposeAsync(); // a port that was free a moment ago may be taken now
            }
        }
    }

    /// <summary>Sends its process a signal by name: STOP, CONT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Text(ProcessId)]);
        await kill.WaitForExitAsync();
    }

    public async Task DisposeAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        using (process)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
        }
    }

    private async Task StartAsync(string azurite)
    {
        var ports = FreePort.Next(3);
        TablePort = ports[2];
        ConnectionString = string.Create(
            CultureInfo.InvariantCulture,
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{ports[0]}/{Account};TableEndpoint=http://127.0.0.1:{TablePort}/{Account};");

        var start = new ProcessStartInfo(azurite)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry",
                "--blobHost", "127.0.0.1", "--blobPort", Text(ports[0]),
                "--queueHost", "127.0.0.1", "--queuePort", Text(ports[1]),
                "--tableHost", "127.0.0.1", "--tablePort", Text(ports[2]),
            },
        };
        foreach (var argument in Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Launch(start);
        var errors = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync(); // an unread pipe would stop it once full
        await WaitUntilItListensAsync(_process, errors);
    }

    private static Process Launch(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new FileNotFoundException($"`{start.FileName}` cannot be started; run `deploy/dev.sh deps`", e);
        }
    }

    private async Task WaitUntilItListensAsync(Process process, Task<string> errors)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"Azurite ended at once with {process.ExitCode}: {await errors}");
            }

            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, TablePort, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } named)
        {
            return named;
        }

        var installed = Path.Combine(Repository.Root, ".run", "azurite", "node_modules", ".bin", "azurite");
        return File.Exists(installed) ? installed
            : throw new FileNotFoundException($"Azurite is not installed; run `deploy/dev.sh deps`, or set {PathVariable} to its path");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
