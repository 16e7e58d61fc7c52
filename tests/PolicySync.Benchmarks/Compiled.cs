using System.Runtime;
using System.Runtime.CompilerServices;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Json;

namespace PolicySync.Benchmarks;

/// <summary>One size of the policies: read and compiled, with what that costs.</summary>
internal sealed class Compiled
{
    // More than compiling the largest size allocates.
    private const long Uncollected = 1L << 30;

    private readonly byte[] _utf8;
    private PolicySnapshot? _snapshot;

    public Compiled(int size, int openShare = 0)
    {
        Size = size;
        (_utf8, Probed) = PolicySet.Download(size, openShare);
    }

    public int Size { get; }

    /// <summary>How many policies concern the probed catalog.</summary>
    public int Probed { get; }

    /// <summary>The policies, compiled.</summary>
    public PolicySnapshot Snapshot => _snapshot ??= Compile(Read());

    /// <summary>Bytes that a policy takes as it was read; the engine keeps it.</summary>
    public double ReadBytes { get; private set; }

    /// <summary>Bytes that a policy takes besides, compiled and in the index.</summary>
    public double CompiledBytes { get; private set; }

    /// <summary>Bytes of the download.</summary>
    public double TextBytes => (double)_utf8.Length / Size;

    /// <summary>Measures memory, and keeps what was compiled.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Keep()
    {
        var before = Settled();
        var download = Read();
        var read = Settled();
        _snapshot = Compile(download);
        var compiled = Settled();
        GC.KeepAlive(download);
        ReadBytes = (double)(read - before) / Size;
        CompiledBytes = (double)(compiled - read) / Size;
    }

    /// <summary>
    /// Microseconds of processor that each policy takes: to read, to compile without a garbage collection, and to compile
    /// with those that come. Enough runs for small sizes to be measurable.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public (double Read, double Compile, double Collected) Time()
    {
        var runs = Math.Max(1, 10_000 / Size);
        Settled();
        var start = Processor.Used;
        var downloads = Enumerable.Range(0, runs).Select(_ => Read()).ToList();
        var reading = Processor.Used - start;
        Settled();
        var collected = TimeCompiling(downloads);
        Settled();
        if (!GC.TryStartNoGCRegion(Uncollected))
        {
            throw new InvalidOperationException("there is not enough memory to compile without a garbage collection");
        }

        var compiling = TimeCompiling(downloads);
        if (GCSettings.LatencyMode != GCLatencyMode.NoGCRegion)
        {
            throw new InvalidOperationException($"compiling {Size} policies takes more than {Uncollected} bytes");
        }

        GC.EndNoGCRegion();
        return (reading / runs / Size, compiling / runs / Size, collected / runs / Size);
    }

    private static double TimeCompiling(List<PolicyDownload> downloads)
    {
        var start = Processor.Used;
        foreach (var download in downloads)
        {
            Compile(download);
        }

        return Processor.Used - start;
    }

    private PolicyDownload Read() => new("stamp", RangerJson.ReadServicePolicies(_utf8), People.RoleDownload(), UserStore: null, Tags: null);

    private static PolicySnapshot Compile(PolicyDownload download) =>
        PolicySnapshot.Compile(download, PolicyGate.Accept(download, last: null, allowShrink: null), []);

    private static long Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
