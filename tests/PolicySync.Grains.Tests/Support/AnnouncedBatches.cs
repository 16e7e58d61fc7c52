using System.Collections.Concurrent;
using PolicySync.Core.States;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Records which grains are announced together, and whether each was settled before the end of its batch.</summary>
internal sealed class AnnouncedBatches : IStateBatches
{
    public ConcurrentQueue<IReadOnlyCollection<string>> All { get; } = [];

    public ConcurrentQueue<string> Unsettled { get; } = [];

    public IStateBatch Announce(IReadOnlyCollection<string> keys)
    {
        All.Enqueue(keys);
        return new Batch(this, keys);
    }

    private sealed class Batch(AnnouncedBatches owner, IEnumerable<string> keys) : IStateBatch
    {
        private readonly ConcurrentDictionary<string, bool> _open = new(keys.Select(key => KeyValuePair.Create(key, true)));

        public void Settle(string key) => _open.TryRemove(key, out _);

        public void Dispose()
        {
            foreach (var key in _open.Keys)
            {
                owner.Unsettled.Enqueue(key);
            }
        }
    }
}
