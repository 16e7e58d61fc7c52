using System.Text.Json;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api.Events;

/// <summary>What a stream has shown of a task: an event is sent only for what differs.</summary>
internal sealed class ShownTask(EventWriter writer, TimeProvider time)
{
    private string? _status;
    private TaskProgress? _progress;

    /// <summary>Sends what has changed, except the end.</summary>
    public async Task ShowAsync(SyncTask task)
    {
        if (!task.Status.IsTerminal())
        {
            var detail = TaskDetail.Of(task, time.GetUtcNow());
            var status = JsonSerializer.Serialize(detail with { Progress = ProgressDetail.None }, ApiJson.Default.TaskDetail);
            if (status != _status)
            {
                await writer.SendAsync(TaskFollower.Status, detail with { Progress = Later(detail.Progress) }, ApiJson.Default.TaskDetail);
                _status = status;
            }
        }

        if (_progress is null || (task.Progress != _progress && !IsBehind(task.Progress, _progress)))
        {
            _progress = task.Progress;
            await writer.SendAsync(TaskFollower.Progress, ProgressDetail.Of(task, time.GetUtcNow()), ApiJson.Default.ProgressDetail);
        }
    }

    /// <summary>Sends the status of a task that has ended.</summary>
    public Task ShowEndAsync(SyncTask task) => writer.SendAsync(TaskFollower.Status, TaskDetail.Of(task, time.GetUtcNow()), ApiJson.Default.TaskDetail);

    // A process that takes a task over begins where the task was stored last. What a client has seen does not go back.
    private static bool IsBehind(TaskProgress now, TaskProgress shown) =>
        now.Done < shown.Done || now.Discovered < shown.Discovered || (now.Total is null && shown.Total is not null);

    private ProgressDetail Later(ProgressDetail now) => _progress is { } shown && shown.Done > now.Done ? ProgressDetail.Of(shown) : now;
}
