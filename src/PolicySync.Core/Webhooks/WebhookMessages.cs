using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Webhooks;

/// <summary>
/// The bodies of events: <c>type</c>, <c>timestamp</c> and <c>data</c>, as Standard Webhooks recommends (docs/webhooks.md). Absent values are
/// left out. Members are only added. Pure.
/// </summary>
public static class WebhookMessages
{
    /// <summary>Where the API shows a task; the id follows.</summary>
    public const string TaskPath = "/policysync/api/v1/tasks/";

    /// <summary>Most resources of a task that a body names.</summary>
    public const int MaxResources = 20;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of an event about a task that ended.</summary>
    public static string OfTask(string happened, string instance, SyncTask task)
    {
        var request = task.Request;
        var data = new JsonObject
        {
            ["instance"] = instance,
            ["taskId"] = task.Id.ToString(),
            ["taskType"] = TaskSummary.Cut(request.Type),
            ["status"] = WireNames.Of(task.Status),
        };
        Add(data, "outcome", task.Outcome is { } outcome ? WireNames.Of(outcome) : null);
        data["message"] = TaskSummary.Cut(task.Message);
        data["createTime"] = Time(task.CreateTime);
        Add(data, "startTime", task.StartTime is { } start ? Time(start) : null);
        Add(data, "endTime", task.EndTime is { } end ? Time(end) : null);
        data["dryRun"] = request.DryRun;
        Add(data, "requestedBy", request.Subject);
        Add(data, "source", request.Event?.Source);
        Add(data, "retryOf", request.RetryOf is { } repeated ? new TaskId(repeated).ToString() : null);
        data["counts"] = new JsonObject
        {
            ["done"] = task.Progress.Done,
            ["changed"] = task.Progress.Changed,
            ["failed"] = task.Progress.Failed,
            ["skipped"] = task.Progress.Skipped,
            ["gaps"] = task.Progress.Gaps,
            ["drifted"] = task.Progress.Drifted,
            ["exposed"] = task.Exposed,
        };
        data["resources"] = new JsonArray([.. request.Resources.Take(MaxResources).Select(resource => (JsonNode)TaskSummary.NameOf(resource))]);
        data["resourceCount"] = request.Resources.Count;
        data["link"] = TaskPath + task.Id;
        return Body(happened, task.EndTime ?? task.CreateTime, data);
    }

    /// <summary>The body of <see cref="WebhookEvents.PoliciesRefused"/>.</summary>
    public static string OfRefusedPolicies(string instance, long? version, SyncException refusal, DateTimeOffset time)
    {
        var data = new JsonObject
        {
            ["instance"] = instance,
            ["code"] = SyncErrorCodes.WireName(refusal.Code),
        };
        Add(data, "version", version);
        data["message"] = refusal.Message;
        return Body(WebhookEvents.PoliciesRefused, time, data);
    }

    private static string Body(string happened, DateTimeOffset time, JsonObject data) => new JsonObject
    {
        ["type"] = happened,
        ["timestamp"] = Time(time),
        ["data"] = data,
    }.ToJsonString(Compact);

    private static void Add(JsonObject data, string name, JsonNode? value)
    {
        if (value is not null)
        {
            data[name] = value;
        }
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
}
