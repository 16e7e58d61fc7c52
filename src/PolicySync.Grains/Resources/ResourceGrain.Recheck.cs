using Microsoft.Extensions.Logging;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;

namespace PolicySync.Grains.Resources;

/// <summary>
/// A write that was not answered can take effect later than the run waited for it. The securable is therefore read again a
/// while later, and brought in line if needed (specification §4). In memory: after a crash, the next task on the securable
/// does the same, since every run begins with a read.
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
            LogFailed(e, this.GetPrimaryKeyString()); // the next task on the securable reads it again
        }

        _recheck = null;
        ArmRecheck();
        LetGoIfIdle();
    }

    // What the write could change, in both directions, and no more: a task on a table may not change a container's other
    // privileges.
    private RunScope[] ScopesToRecheck(Securable securable) => !securable.Type.IsContainer() ? [RunScope.Full]
        : _fence.State.IntentScope is RunScope.UseAdditions or RunScope.UseRemovals ? [RunScope.UseAdditions, RunScope.UseRemovals]
        : [RunScope.Full, RunScope.AfterChildren];

    [LoggerMessage(12, LogLevel.Information, "Read {Resource} again after a write without an answer: {Status}, {Message}")]
    private partial void LogRechecked(string resource, ResourceStatus? status, string message);
}
