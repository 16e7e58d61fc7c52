using System.Globalization;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>Azurite, the emulator without latency, one gateway and one silo or several: what the measured processes are.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly AzuriteFixture _azurite = new();

    private Rig()
    {
    }

    public PolicyFolder Policies { get; } = new();

    public Emulator Emulator { get; private set; } = null!;

    public ServiceCluster Cluster { get; private set; } = null!;

    /// <summary>How long silo and gateway took from their start until both were ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public string ConnectionString => _azurite.ConnectionString;

    public static Task<Rig> StartAsync(int tables, params (string Key, string Value)[] settings) => StartAsync(tables, silos: 1, settings);

    public static async Task<Rig> StartAsync(int tables, int silos, (string Key, string Value)[] settings)
    {
        var rig = new Rig();
        try
        {
            await rig._azurite.InitializeAsync();
            rig.Emulator = await Emulator.StartAsync();
            await rig.Emulator.GenerateAsync("bench", schemas: 1, tablesPerSchema: tables);
            rig.Policies.Allow("elsewhere", "other.*.*", "select", "@analysts").Publish();
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            rig.Cluster = await ServiceCluster.StartAsync(rig.Emulator, rig.Policies, rig.ConnectionString, silos, gateways: 1, settings);
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

    /// <summary>Calls to storage so far, by table and operation, over all processes of the service.</summary>
    public async Task<Dictionary<string, double>> OperationsAsync()
    {
        var totals = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var member in Cluster.All)
        {
            foreach (var line in (await member.MetricsAsync()).Split('\n').Where(line => line.StartsWith("policysync_storage_operations", StringComparison.Ordinal)))
            {
                var table = Label(line, "table").Replace(Cluster.TablePrefix, "", StringComparison.Ordinal);
                var name = $"{table} {Label(line, "operation")}";
                totals[name] = totals.GetValueOrDefault(name)
                    + double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }

        return totals;
    }

    /// <summary>The sum of a metric at each silo, over the lines that hold a text.</summary>
    public Task<double[]> SiloTotalsAsync(string metric, string with = "") => Task.WhenAll(Cluster.Silos.Select(async silo =>
        (await silo.MetricsAsync()).Split('\n')
        .Where(line => line.StartsWith(metric, StringComparison.Ordinal) && line.Contains(with, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture))));

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
        Policies.Dispose();
    }

    private static double Of(int process)
    {
        using var it = System.Diagnostics.Process.GetProcessById(process);
        return it.TotalProcessorTime.TotalSeconds;
    }

    private static string Label(string line, string name)
    {
        var from = line.IndexOf($"{name}=\"", StringComparison.Ordinal) + name.Length + 2;
        return line[from..line.IndexOf('"', from)];
    }
}
