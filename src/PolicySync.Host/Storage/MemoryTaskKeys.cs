using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Storage;

/// <summary>Keeps claims of keys in memory, like the tasks that they name. Nothing survives the process.</summary>
internal sealed class MemoryTaskKeys(TimeProvider time, IOptions<TasksOptions> options) : ITaskKeys
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TaskKeyClaim Claim, DateTimeOffset End)> _claims = new(StringComparer.Ordinal);

    // In the order in which they end, to forget them.
    private readonly Queue<(string Hash, DateTimeOffset End)> _ends = new();

    public Task<TaskKeyClaim> ClaimAsync(TaskKey key, TaskId task, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Forget();
            return Task.FromResult(_claims.TryGetValue(key.Hash, out var standing) ? standing.Claim : Set(key, task));
        }
    }

    public Task<TaskKeyClaim> ReplaceAsync(TaskKey key, TaskKeyClaim claim, TaskId task, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(
                _claims.TryGetValue(key.Hash, out var standing) && standing.Claim.Task != claim.Task ? standing.Claim : Set(key, task));
        }
    }

    private TaskKeyClaim Set(TaskKey key, TaskId task)
    {
        var end = time.GetUtcNow() + TaskKey.KeptFor(options.Value);
        var claim = new TaskKeyClaim(task, key.Fingerprint, IsNew: false, Version: null);
        _claims[key.Hash] = (claim, end);
        _ends.Enqueue((key.Hash, end));
        return claim with { IsNew = true };
    }

    private void Forget()
    {
        while (_ends.TryPeek(out var oldest) && oldest.End <= time.GetUtcNow())
        {
            _ends.Dequeue();
            if (_claims.TryGetValue(oldest.Hash, out var claim) && claim.End == oldest.End)
            {
                _claims.Remove(oldest.Hash);
            }
        }
    }
}
