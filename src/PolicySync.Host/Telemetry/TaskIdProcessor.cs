using System.Diagnostics;
using OpenTelemetry;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Host.Telemetry;

/// <summary>
/// Adds the task id to every span that is made for a task, also to those of grain calls, HTTP calls and storage calls.
/// </summary>
internal sealed class TaskIdProcessor : BaseProcessor<Activity>
{
    public override void OnStart(Activity data)
    {
        if (TaskTrace.Current is { } id && data.GetTagItem(TaskTrace.TaskTag) is null)
        {
            data.SetTag(TaskTrace.TaskTag, id);
        }
    }
}
