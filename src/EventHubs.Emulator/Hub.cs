using System.Globalization;
using EventHubs.Emulator.Hosting;
using EventHubs.Emulator.Log;

namespace EventHubs.Emulator;

/// <summary>A hub: its partitions and consumer groups.</summary>
internal sealed class Hub
{
    private int _turn = -1;

    public Hub(string name, int partitions, IReadOnlySet<string> groups, TimeProvider time, HubFaults faults)
    {
        (Name, Groups, Created) = (name, groups, time.GetUtcNow().UtcDateTime);
        Partitions = [.. Enumerable.Range(0, partitions).Select(number => new PartitionLog(number.ToString(CultureInfo.InvariantCulture), time, () => faults.HoldsDeliveries))];
    }

    public string Name { get; }

    public IReadOnlySet<string> Groups { get; }

    public DateTime Created { get; }

    public IReadOnlyList<PartitionLog> Partitions { get; }

    public PartitionLog? Find(string id) => Partitions.FirstOrDefault(partition => partition.Id == id);

    /// <summary>The partition of a key; without a key they take turns.</summary>
    public PartitionLog PartitionOf(string? key)
    {
        var number = key is null ? (uint)Interlocked.Increment(ref _turn) : Hash(key);
        return Partitions[(int)(number % (uint)Partitions.Count)];
    }

    // FNV-1a. The service uses another hash, and promises only that equal keys have one partition.
    private static uint Hash(string key) => key.Aggregate(2_166_136_261, static (hash, letter) => (hash ^ letter) * 16_777_619);
}
