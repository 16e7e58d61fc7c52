using Microsoft.Extensions.Logging;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources;

/// <summary>
/// A write whose answer never came can take effect later than we waited for it. So the securable is read again a while
/// after, and made right if need be (specification §4). In memory: after a crash in between, the next task on the
/// securable finds out, as every run begins with a read.
/// </summary>
internal sealed partial class ResourceGrain
{
    private Task? _recheck;
    private Run? _lastWriting;

    private void ArmRecheck()
    {
        if (_recheck is not null || _lastWriting is not { } last || _stopping.IsCancellationRequested || _fence.State.RecheckAt is not { } due)
        {
            return;
        }

        var wait = due - _time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            _fence.State.RecheckAt = null; // the run that just ended read after it was due
            return;
        }

        _recheck = RecheckAsync(last.Securable, last.TaskId, wait);
    }

    private async Task RecheckAsync(Securable securable, long taskId, TimeSpan wait)
    {
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        try
        {
            await Task.Delay(wait, _time, _stopping);
            foreach (var scope in ScopesToRecheck(securable))
            {
                var run = Join(new RunRequest { Securable = securable, Scope = scope, ParentsDone = true, TaskId = taskId });
                var reply = await run.End;
                run.Fetched();
                LogRechecked(this.GetPrimaryKeyString(), reply.Result?.Status, reply.Result?.Message ?? "given up");
            }
        }
        catch (OperationCanceledException)
        {
            // the activation ends
        }
        catch (Exception e)
        {
            LogFailed(e, this.GetPrimaryKeyString()); // the next task on the securable finds out
        }

        _recheck = null;
        ArmRecheck();
        LetGoIfIdle();
    }

    // What the write could change, in both directions, and no more: a task on a table may not touch a container's
    // other privileges, and neither may the look after it.
    private RunScope[] ScopesToRecheck(Securable securable) => !securable.Type.IsContainer() ? [RunScope.Full]
        : _fence.State.IntentScope is RunScope.UseAdditions or RunScope.UseRemovals ? [RunScope.UseAdditions, RunScope.UseRemovals]
        : [RunScope.Full, RunScope.AfterChildren];

    [LoggerMessage(12, LogLevel.Information, "{Resource} was read again after a write without an answer: {Status}, {Message}")]
    private partial void LogRechecked(string resource, ResourceStatus? status, string message);
}
