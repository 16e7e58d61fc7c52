using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Cancels the task between securables. Those that are in work are finished: a step that was started is carried out and read
/// back, a run that waits is left. Nothing is written for the task after its end.
/// </summary>
#pragma warning disable CA1001 // the token source has neither a timer nor a wait handle: there is nothing to release
internal sealed partial class TaskDriver
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationToken _cancelled;

    // Whether a securable was left undone.
    private bool _wasLeft;

    private bool IsCancelled => _cancelled.IsCancellationRequested;

    /// <summary>Stores a request to cancel the task, then carries it out. Returns when the request is stored.</summary>
    public async Task CancelAsync(string? by)
    {
        if (_record.Current.Cancel is null && !_record.Current.Status.IsTerminal())
        {
            IReadOnlyList<string> inWork = [.. _inFlight.Keys.Select(securable => securable.ToString())];
            await _storeEnded(); // or they would be lost with the process: no process repeats the chunk of a cancelled task
            await _record.RequestCancelAsync(new TaskCancel(by, _services.Time.GetUtcNow(), inWork));
            await _cancel.CancelAsync();
            await (_check?.CancelAsync(by) ?? Task.CompletedTask);
        }
    }

    // The process that drove the task died after the request was stored. What it had in work may have an open write.
    private async Task<SyncTask> TakeOverCancelledAsync(TaskCancel cancel)
    {
        var done = await _record.CountStoredAsync();
        var results = new List<ResourceResult>();
        await Task.WhenAll(cancel.InWork.Select(Securable.OfText).OfType<Securable>().Where(securable => !done.Contains(securable.FullName)).Select(async securable =>
        {
            var reply = await RunOneAsync(Request(securable, RunScope.Full));
            results.Add(reply.Result!);
        }));
        await _record.AddAsync(results);
        return Cancelled();
    }

    private SyncTask Cancelled()
    {
        var progress = _discovery.Over(_record.Current.Progress, Cursor);
        return _record.Current with
        {
            Status = SyncTaskStatus.Failed,
            Outcome = SyncTaskOutcome.Cancelled,
            Message = TaskMessages.Cancelled(_record.Current.Cancel?.By, progress),
            Progress = progress,
        };
    }
}
