using PolicySync.Core.Policies;
using PolicySync.Ranger;

namespace PolicySync.Benchmarks;

/// <summary>One size of the policies: read and compiled, with what that costs.</summary>
internal sealed class Compiled
{
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
    /// Microseconds of processor that reading and compiling take for each policy, and of the latter those that the
    /// garbage collector takes; enough runs for small sizes to be measurable.
    /// </summary>
    public (double Read, double Compile, double Collecting) Time()
    {
        var runs = Math.Max(1, 10_000 / Size);
        Settled();
        var start = Processor.Used;
        var downloads = Enumerable.Range(0, runs).Select(_ => Read()).ToList();
        var reading = Processor.Used - start;
        Settled();
        var pauses = GC.GetTotalPauseDuration();
        start = Processor.Used;
        foreach (var download in downloads)
        {
            Compile(download);
        }

        var compiling = Processor.Used - start;
        var policies = (double)runs * Size;
        return (reading / policies, compiling / policies, (GC.GetTotalPauseDuration() - pauses).TotalMicroseconds / policies);
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
