using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PolicySync.Core.Drift;
using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Auditing;

/// <summary>
/// Makes the events of the audit stream: CloudEvents 1.0 in JSON (docs/audit.md). Absent values are left out; members are only added. No
/// event has a row's value, a token, or an expression of a policy. Pure.
/// </summary>
/// <param name="instance">Name of the connector instance.</param>
/// <param name="workspace">Host name of the workspace; null when it is not known.</param>
public sealed class AuditEvents(string instance, string? workspace)
{
    /// <summary>A privilege of a principal was granted or revoked.</summary>
    public const string GrantChanged = "policysync.grant.changed";

    /// <summary>A row filter or column mask was set or removed.</summary>
    public const string GuardChanged = "policysync.guard.changed";

    /// <summary>A task ended.</summary>
    public const string TaskEnded = "policysync.task.ended";

    /// <summary>A version of the policies came into force.</summary>
    public const string PoliciesAccepted = "policysync.policies.accepted";

    /// <summary>A version of the policies was refused.</summary>
    public const string PoliciesRefused = "policysync.policies.refused";

    /// <summary>Others changed a grant.</summary>
    public const string DriftFound = "policysync.drift.found";

    /// <summary>The version of the form of <c>data</c>.</summary>
    public const string Schema = "urn:policysync:audit:1";

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All types.</summary>
    public static IReadOnlyList<string> Types { get; } = [GrantChanged, GuardChanged, TaskEnded, PoliciesAccepted, PoliciesRefused, DriftFound];

    /// <summary>The event of a change that was verified.</summary>
    /// <param name="change">The change.</param>
    /// <param name="task">Its task; null when it is not known.</param>
    /// <param name="principalId">Unity Catalog's id of the principal; null when no read shows it.</param>
    /// <param name="verified">When a read showed it.</param>
    /// <param name="recovered">Whether another process than the one that made it reports it.</param>
    /// <param name="traceparent">The W3C trace context; null without one.</param>
    public AuditEvent OfChange(AuditChange change, SyncTask? task, long? principalId, DateTimeOffset verified, bool recovered, string? traceparent)
    {
        var data = new JsonObject();
        if (change.IsGrant)
        {
            data["action"] = WireNames.Of(change.Action);
            data["principal"] = change.Principal;
            Add(data, "principalId", principalId);
            data["principalKind"] = WireNames.Of(change.PrincipalKind ?? PrincipalKind.Unknown);
            data["privilege"] = change.Privilege;
            data["before"] = change.Action == ChangeAction.Revoke;
            data["after"] = change.Action == ChangeAction.Grant;
        }
        else
        {
            data["kind"] = change.Action is ChangeAction.SetFilter or ChangeAction.DropFilter ? "ROW_FILTER" : "COLUMN_MASK";
            Add(data, "column", change.Column);
            Add(data, "function", change.After ?? change.Before);
            Add(data, "before", change.Before);
            Add(data, "after", change.After);
        }

        data["securable"] = OfSecurable(Securable.Parse(change.Type, change.FullName), change.Identity);
        data["policy"] = OfPolicy(change);
        data["task"] = OfTask(change.TaskId, task);
        data["mode"] = change.Mode;
        data["verifiedAt"] = Time(verified);
        data["recovered"] = recovered;
        return Of(change.IsGrant ? GrantChanged : GuardChanged, change.Id, SubjectOf(Securable.Parse(change.Type, change.FullName)), verified, data, traceparent);
    }

    /// <summary>The event of the end of a task. Its id is that of the task.</summary>
    public AuditEvent OfEnd(SyncTask task, DateTimeOffset now, string? traceparent)
    {
        var end = task.EndTime ?? now;
        var data = new JsonObject
        {
            ["task"] = OfTask(task.Id.ToString(), task),
            ["status"] = WireNames.Of(task.Status),
        };
        Add(data, "outcome", task.Outcome is { } outcome ? WireNames.Of(outcome) : null);
        data["dryRun"] = task.Request.DryRun;
        data["counts"] = new JsonObject
        {
            ["done"] = task.Progress.Done, ["changed"] = task.Progress.Changed, ["failed"] = task.Progress.Failed, ["skipped"] = task.Progress.Skipped,
            ["gaps"] = task.Progress.Gaps, ["drifted"] = task.Progress.Drifted, ["exposed"] = task.Exposed,
        };
        data["durationSeconds"] = Math.Max(0, (end - task.CreateTime).TotalSeconds);
        Add(data, "policyVersion", task.PolicyVersion);
        data["failures"] = new JsonArray([.. task.Failures.Take(SyncTask.MaxFailures).Select(failure => (JsonNode)new JsonObject
        {
            ["type"] = failure.Type, ["fullName"] = failure.FullName, ["code"] = WireNames.Of(failure.Code),
        })]);
        return Of(TaskEnded, $"{task.Id}/ended", $"task/{task.Id}", end, data, traceparent);
    }

    /// <summary>The event of a version of the policies that came into force in place of <paramref name="before"/>.</summary>
    public AuditEvent OfAccepted(PolicyBaseline accepted, PolicyBaseline? before, DateTimeOffset now)
    {
        var data = new JsonObject { ["version"] = accepted.Version, ["enabledPolicies"] = accepted.EnabledPolicies };
        Add(data, "before", before?.Version);
        return Of(PoliciesAccepted, $"policies/accepted/{Hash(accepted.Stamp, before?.Stamp)}", "policies", now, data, null);
    }

    /// <summary>The event of a version of the policies that was refused while <paramref name="inForce"/> stays in force.</summary>
    public AuditEvent OfRefused(string stamp, long? version, PolicyBaseline? inForce, SyncException refusal, DateTimeOffset now)
    {
        var data = new JsonObject();
        Add(data, "version", version);
        Add(data, "inForce", inForce?.Version);
        data["code"] = WireNames.Of(refusal.Code);
        data["reason"] = TaskSummary.Cut(refusal.Message);
        return Of(PoliciesRefused, $"policies/refused/{Hash(stamp, inForce?.Stamp)}", "policies", now, data, null);
    }

    /// <summary>The event of a grant that others made or revoked.</summary>
    /// <param name="securable">Where.</param>
    /// <param name="identity">The id of the object.</param>
    /// <param name="found">What they did.</param>
    /// <param name="taskId">The task whose run found it.</param>
    /// <param name="task">The same; null when it is not known.</param>
    /// <param name="now">When it was found.</param>
    /// <param name="traceparent">The W3C trace context; null without one.</param>
    public AuditEvent OfDrift(
        Securable securable, string? identity, ExternalChange found, string taskId, SyncTask? task, DateTimeOffset now, string? traceparent)
    {
        var data = new JsonObject
        {
            ["action"] = WireNames.Of(found.Action), ["principal"] = found.Principal, ["privilege"] = found.Privilege,
            ["securable"] = OfSecurable(securable, identity),
        };
        Add(data, "policyId", found.PolicyId);
        Add(data, "grantedByTask", found.TaskId);
        Add(data, "changedBy", found.By);
        Add(data, "changedAt", found.At is { } at ? Time(at) : null);
        data["task"] = OfTask(taskId, task);
        var difference = new Difference(DriftKind.Foreign, found.Action, found.Principal, found.Privilege, null);
        return Of(DriftFound, $"{taskId}/drift/{DriftId.Of(securable, difference)}", SubjectOf(securable), now, data, traceparent);
    }

    private AuditEvent Of(string type, string id, string subject, DateTimeOffset time, JsonObject data, string? traceparent)
    {
        var json = new JsonObject
        {
            ["specversion"] = "1.0", ["id"] = id, ["source"] = $"/policysync/{Uri.EscapeDataString(instance)}", ["type"] = type, ["time"] = Time(time),
            ["subject"] = subject, ["datacontenttype"] = "application/json", ["dataschema"] = Schema,
        };
        Add(json, "traceparent", traceparent);
        json["data"] = data;
        return new AuditEvent(type, id, json.ToJsonString(Compact));
    }

    private JsonObject OfSecurable(Securable securable, string? identity)
    {
        var json = new JsonObject { ["type"] = WireNames.Of(securable.Type), ["fullName"] = securable.FullName };
        Add(json, "id", identity);
        Add(json, "workspace", workspace);
        return json;
    }

    private static JsonObject OfPolicy(AuditChange change)
    {
        var json = new JsonObject();
        Add(json, "id", change.PolicyId);
        Add(json, "name", change.PolicyName);
        json["version"] = change.PolicyVersion;
        return json;
    }

    private static JsonObject OfTask(string id, SyncTask? task)
    {
        var json = new JsonObject { ["id"] = id };
        Add(json, "type", task is null ? null : TaskSummary.Cut(task.Request.Type));
        Add(json, "source", task?.Request.Event?.Source);
        Add(json, "eventId", task?.Request.Event?.Id);
        Add(json, "origin", task?.Request.Origin);
        Add(json, "requestedBy", task?.Request.Subject);
        return json;
    }

    private static void Add<T>(JsonObject json, string member, T? value)
    {
        if (value is not null)
        {
            json[member] = JsonValue.Create(value);
        }
    }

    private static string SubjectOf(Securable securable) => $"{WireNames.Of(securable.Type)}/{securable.FullName}";

    private static string Hash(string stamp, string? before) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{stamp}\n{before}")).AsSpan(0, 16));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
