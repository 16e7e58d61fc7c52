using System.Diagnostics;
using OpenTelemetry;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Host.Telemetry;

/// <summary>
/// Writes the id of the task that work is done for on every span, whoever begins it: grain calls, HTTP calls to the
/// workspace, calls to storage.
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
