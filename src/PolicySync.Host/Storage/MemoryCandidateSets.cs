using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Storage;

/// <summary>Keeps candidate sets of plans in memory, like the plans. Nothing survives the process.</summary>
internal sealed class MemoryCandidateSets(TimeProvider time, IOptions<TasksOptions> options) : ICandidateSets
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Packed, DateTimeOffset End)> _sets = new(StringComparer.Ordinal);

    public Task PutAsync(string hash, byte[] packed, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var old in _sets.Where(set => set.Value.End < now).Select(set => set.Key).ToList())
            {
                _sets.Remove(old);
            }

            _sets[hash] = (packed, now + options.Value.Retention + options.Value.MaxAge);
            return Task.CompletedTask;
        }
    }

    public Task<byte[]?> FindAsync(string hash, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_sets.TryGetValue(hash, out var set) ? set.Packed : null);
        }
    }
}
