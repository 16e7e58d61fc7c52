using Microsoft.Extensions.Logging;
using Orleans.Storage;
using PolicySync.Core.Errors;
using PolicySync.Grains.Resources.Restoring;

namespace PolicySync.Grains.Resources;

/// <summary>What is done to the state beside runs, in the same loop: no run is under way meanwhile.</summary>
internal sealed partial class ResourceGrain
{
    public Task ForgetAsync(string identity)
    {
        if (!_stopping.IsCancellationRequested)
        {
            _besides.Enqueue(() => ForgetOneAsync(identity));
            Work();
        }

        return Task.CompletedTask;
    }

    public Task<RestoreReply> RestoreAsync(RestoreRequest request)
    {
        var reply = new TaskCompletionSource<RestoreReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _besides.Enqueue(() => RestoreOneAsync(request, reply));
        Work();
        return reply.Task;
    }

    // No caller waits for it. State that is not deleted now is set aside when another object is found under the name.
    private async Task ForgetOneAsync(string identity)
    {
        try
        {
            await _runner.ForgetAsync(_fence, identity, _stopping);
        }
        catch (Exception e) when (e is InconsistentStateException or SyncException)
        {
            LogDeposed(e, this.GetPrimaryKeyString());
            await LeaveAsync();
        }
    }

    private async Task RestoreOneAsync(RestoreRequest request, TaskCompletionSource<RestoreReply> reply)
    {
        try
        {
            _stopping.ThrowIfCancellationRequested();
            reply.SetResult(await _runner.Restorer.RestoreAsync(request, _fence, _stopping));
        }
        catch (Exception e)
        {
            if (!_stopping.IsCancellationRequested)
            {
                LogNotRestored(e, this.GetPrimaryKeyString());
            }

            await LeaveAsync(); // the state in memory can no longer be trusted
            reply.SetException(new SyncException(SyncErrorCode.Unavailable, StateRestorer.NotStored));
        }
    }

    [LoggerMessage(89, LogLevel.Warning, "Could not restore {Resource} from an export; importing again repeats it")]
    private partial void LogNotRestored(Exception exception, string resource);
}
