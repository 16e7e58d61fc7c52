using System.Collections.Concurrent;

namespace EventHubs.Emulator.Hosting;

/// <summary>What clients asked of the emulator, oldest first. Safe for concurrent use.</summary>
public sealed class HubJournal
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>A line for each link, filter and token.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    internal void Add(string line) => _lines.Enqueue(line);
}
