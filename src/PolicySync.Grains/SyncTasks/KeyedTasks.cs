using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>How a request with a key was taken.</summary>
public enum KeyedOutcome
{
    /// <summary>It made a task.</summary>
    Accepted,

    /// <summary>Its task exists already.</summary>
    Repeated,

    /// <summary>The key names the task of another request.</summary>
    OtherRequest,
}

/// <summary>
/// Accepts requests with a key: equal requests with one key make one task, whatever process they reach and whichever dies.
/// First the key is claimed for a task id, then the task is stored under that id. If the process dies in between, the next request
/// with the key stores the task. Safe for concurrent use.
/// </summary>
public sealed class KeyedTasks(TaskGateway tasks, ITaskStore store, ITaskKeys keys, TimeProvider time, Random random)
{
    /// <summary>Most ids that are tried. Another process takes the same id about once in 65,536 tasks of one millisecond and lane.</summary>
    private const int Attempts = 5;

    private readonly TaskIdSource _ids = new(time, random);

    /// <summary>Stores and starts a task; with a key as by <see cref="AcceptAsync"/>, without one always a new task.</summary>
    /// <inheritdoc cref="AcceptAsync"/>
    public async Task<(SyncTask? Task, KeyedOutcome Outcome)> SubmitAsync(SyncRequest request, TaskKey? key, CancellationToken cancellation) =>
        key is null ? (await tasks.SubmitAsync(request, cancellation), KeyedOutcome.Accepted) : await AcceptAsync(request, key, cancellation);

    /// <summary>Stores and starts the task of a request, or finds it, and returns its current state; null when the key names another request's.</summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/> when the storage does not answer. The task may have been stored; the same request
    /// finds it.
    /// </exception>
    public async Task<(SyncTask? Task, KeyedOutcome Outcome)> AcceptAsync(SyncRequest request, TaskKey key, CancellationToken cancellation)
    {
        request = request with { Key = key.Hash };
        var claim = await keys.ClaimAsync(key, NewId(), cancellation);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (claim.Fingerprint != key.Fingerprint)
            {
                return (null, KeyedOutcome.OtherRequest);
            }

            // A claim that is not new usually has its task, and one that is new has none.
            if (!claim.IsNew && await store.FindAsync(claim.Task, cancellation) is { } existing)
            {
                if (existing.Request.Key == key.Hash)
                {
                    return (await CurrentAsync(existing, cancellation), KeyedOutcome.Repeated);
                }
            }
            else if (await store.AcceptAsync(claim.Task, request, cancellation) is { } accepted)
            {
                return (await tasks.BeginAsync(accepted), KeyedOutcome.Accepted);
            }
            else if (await store.FindAsync(claim.Task, cancellation) is { } taken && taken.Request.Key == key.Hash)
            {
                return (await CurrentAsync(taken, cancellation), KeyedOutcome.Repeated);
            }

            // Another request's task has this id.
            claim = await keys.ReplaceAsync(key, claim, NewId(), cancellation);
        }

        throw new SyncException(SyncErrorCode.Unavailable, $"found no free task id in {Attempts} attempts");
    }

    private async Task<SyncTask> CurrentAsync(SyncTask stored, CancellationToken cancellation) =>
        stored.Status.IsTerminal() ? stored : await tasks.FindAsync(stored.Id, cancellation) ?? stored;

    private TaskId NewId()
    {
        lock (random)
        {
            return _ids.Next(random.Next(TaskId.Lanes));
        }
    }
}
