using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;

namespace PolicySync.Testing;

/// <summary>The managed heap of another process after a collection, in bytes.</summary>
/// <param name="Live">What objects take, as <c>GC.GetTotalMemory(true)</c> counts: what a leak would raise.</param>
/// <param name="Size">The same with the holes between them, which large answers leave and later ones fill.</param>
public sealed record Heap(double Live, double Size)
{
    private const double Mebi = 1024 * 1024;

    /// <summary>Collections in a row that leave the same, to a mebibyte.</summary>
    private const int Agreeing = 5;

    public double LiveMebi => Live / Mebi;

    /// <summary>Right after a collection of all generations, forced from outside.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="metrics">Reads its <c>/metrics</c>.</param>
    public static async Task<Heap> AfterCollectionAsync(int process, Func<Task<string>> metrics)
    {
        var client = new DiagnosticsClient(process);
        var before = await CollectionsAsync();
        // The runtime collects when a session with this keyword begins (GCHeapCollect, Microsoft-Windows-DotNETRuntime).
        var provider = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, 0x800000);
        using (var session = client.StartEventPipeSession([provider], requestRundown: false))
        {
            var reading = session.EventStream.CopyToAsync(Stream.Null);
            await Wait.ForAsync(CollectionsAsync, now => now > before, TimeSpan.FromSeconds(60), _ => "no collection came");
            await session.StopAsync(CancellationToken.None);
            await reading;
        }

        var text = await metrics();
        var size = Sum(text, "dotnet_gc_last_collection_heap_size_bytes");
        return new Heap(size - Sum(text, "dotnet_gc_last_collection_heap_fragmentation_size_bytes"), size);

        async Task<double> CollectionsAsync() => Sum(await metrics(), "dotnet_gc_collections_total", "gen2");
    }

    /// <summary>The same once collections agree: what has ended leaves within moments, not with its end.</summary>
    public static async Task<Heap> SettledAsync(Func<Task<Heap>> read)
    {
        var readings = new List<Heap>();
        await Wait.ForAsync(
            async () =>
            {
                readings.Add(await read());
                return readings;
            },
            all => all.Count >= Agreeing && all.TakeLast(Agreeing).Max(heap => heap.LiveMebi) - all.TakeLast(Agreeing).Min(heap => heap.LiveMebi) < 1,
            TimeSpan.FromMinutes(2), all => $"collections did not agree: {string.Join(", ", all!)}");
        return readings[^1];
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{LiveMebi:F1} MiB ({Size / Mebi:F1} with the holes between objects)");

    private static double Sum(string metrics, string name, string label = "") => metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
}
