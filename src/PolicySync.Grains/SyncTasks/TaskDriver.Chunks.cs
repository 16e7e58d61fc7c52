using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Syncs securables side by side and records their results in chunks.</summary>
internal sealed partial class TaskDriver
{
    /// <summary>Results of a chunk that takes longer are stored before its end, so that readers see them.</summary>
    private static readonly TimeSpan StoreEarlyAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Securables of a walk whose grains are activated together. The next ones are activated while the later half of these is synced, so a
    /// walk holds up to one and a half times as many.
    /// </summary>
    private const int ActivatedAtOnce = 2 * Window;

    private readonly TaskDiscovery _discovery;

    // Stores the results of the current chunk that has not ended.
    private Func<Task> _storeEnded = static () => Task.CompletedTask;

    /// <summary>Syncs a chunk of securables, at most a window at once, and stores their results.</summary>
    private async Task RunChunkAsync(IReadOnlyList<(RunRequest Request, string Type)> items, Action advance)
    {
        await _record.MakeRoomAsync(items.Count);
        var activations = IsWalk && items.Count > Window ? new Task?[(items.Count + ActivatedAtOnce - 1) / ActivatedAtOnce] : [];
        var results = new ResourceResult[items.Count];
        var due = new List<DueSecurable>();
        var (next, stored, isStoring, storedAt) = (0, 0, false, _services.Time.GetTimestamp());
        _storeEnded = () => WritesNothing ? Task.CompletedTask : StoreEndedAsync(stored, results);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Window, items.Count)).Select(_ => RunNextAsync()));
        _storeEnded = static () => Task.CompletedTask;
        await RescheduleAsync(due);
        results = results[..next];
        await _record.AddAsync(WithoutRepeatedCalls(results), stored);
        if (next < items.Count)
        {
            _walking.ThrowIfCancellationRequested(); // the rest of the chunk was not started
        }

        advance();
        ThrowIfFatal(results);

        async Task RunNextAsync()
        {
            while (next < items.Count && !IsCancelled)
            {
                var index = next++;
                var (request, type) = items[index];
                _ = ActivatedAsync(index + Window);
                await ActivatedAsync(index);
                var reply = await RunOneAsync(request);
                results[index] = reply.Result! with { Type = type };
                due.AddRange(DueAgain(request.Securable, reply));
                _record.Note(results[index]);
                await StoreEarlyAsync();
            }
        }

        Task ActivatedAsync(int index) => index / ActivatedAtOnce is var part && part >= activations.Length ? Task.CompletedTask
            : activations[part] ??= _services.Resources.ActivateAsync(
                [.. items.Skip(part * ActivatedAtOnce).Take(ActivatedAtOnce).Select(item => item.Request.Securable)], _walking);

        // Readers see the first results of a chunk that takes long. The calls of a plan are compared at the end of a chunk.
        async Task StoreEarlyAsync()
        {
            if (isStoring || WritesNothing || _services.Time.GetElapsedTime(storedAt) < StoreEarlyAfter)
            {
                return;
            }

            ResourceResult[] first = [.. results.Skip(stored).TakeWhile(result => result is not null)];
            if (first.Length > 0)
            {
                isStoring = true;
                await _record.StoreEarlyAsync(stored, first);
                (stored, isStoring, storedAt) = (stored + first.Length, false, _services.Time.GetTimestamp());
            }
        }
    }

    private async Task StoreEndedAsync(int from, ResourceResult?[] results)
    {
        while (from < results.Length)
        {
            ResourceResult[] ended = [.. results.Skip(from).TakeWhile(result => result is not null).OfType<ResourceResult>()];
            if (ended.Length > 0)
            {
                await _record.StoreEarlyAsync(from, ended);
            }

            from += ended.Length + 1;
        }
    }

    private async Task<RunReply> RunOneAsync(RunRequest request)
    {
        _cancellation.ThrowIfCancellationRequested();
        _inFlight[request.Securable] = (Standing.Queued, _services.Time.GetTimestamp());
        try
        {
            var reply = await _services.Resources.RunToEndAsync(
                request, standing => Note(request.Securable, standing), _cancellation, _cancelled);
            if (reply.StalePolicies)
            {
                _record.NoteStale();
            }

            reply = WithEffect(request, reply);
            _wasLeft |= reply.Result?.Error?.Code == SyncErrorCode.Cancelled;
            return reply;
        }
        finally
        {
            _inFlight.Remove(request.Securable);
        }
    }
}
