using PolicySync.Testing;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>Azurite, the emulator without latency, one gateway and one silo: what the measured processes are.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly AzuriteFixture _azurite = new();
    private readonly PolicyFolder _policies = new();

    private Rig()
    {
    }

    public Emulator Emulator { get; private set; } = null!;

    public ServiceCluster Cluster { get; private set; } = null!;

    /// <summary>How long silo and gateway took from their start until both were ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public string ConnectionString => _azurite.ConnectionString;

    public static async Task<Rig> StartAsync(int tables)
    {
        var rig = new Rig();
        try
        {
            await rig._azurite.InitializeAsync();
            rig.Emulator = await Emulator.StartAsync();
            await rig.Emulator.GenerateAsync("bench", schemas: 1, tablesPerSchema: tables);
            rig._policies.Allow("elsewhere", "other.*.*", "select", "@analysts").Publish();
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            rig.Cluster = await ServiceCluster.StartAsync(rig.Emulator, rig._policies, rig.ConnectionString, silos: 1, gateways: 1);
            rig.ReadyAfter = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    public static string Table(int number) => $"bench.schema_0000.table_{number:00000}";

    /// <summary>Processor seconds that each process has used so far.</summary>
    public IReadOnlyList<(string Name, double Seconds)> ProcessorSeconds() =>
    [
        ("Azurite", Of(_azurite.ProcessId)),
        ("gateway", Of(Cluster.Gateways[0].ProcessId)),
        ("silo", Of(Cluster.Silos[0].ProcessId)),
        ("emulator", Of(Emulator.ProcessId)),
        ("this client", Of(Environment.ProcessId)),
    ];

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }

        if (Emulator is not null)
        {
            await Emulator.DisposeAsync();
        }

        await _azurite.DisposeAsync();
        _policies.Dispose();
    }

    private static double Of(int process)
    {
        using var it = System.Diagnostics.Process.GetProcessById(process);
        return it.TotalProcessorTime.TotalSeconds;
    }
}
