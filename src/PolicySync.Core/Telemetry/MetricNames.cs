namespace PolicySync.Core.Telemetry;

/// <summary>
/// The meters and instruments of the service. Dashboards and alerts are built on these names, so a name never changes and never
/// gets another meaning. Values of tags come from closed sets; no tag names a securable, a principal or a task.
/// </summary>
public static class MetricNames
{
    /// <summary>The meter of the service.</summary>
    public const string Meter = "PolicySync";

    /// <summary>The meter of the calls to the workspace.</summary>
    public const string WorkspaceMeter = "PolicySync.Workspace";

    /// <summary>Counter: tasks accepted by the API; tag <c>status</c>, as it was answered.</summary>
    public const string TasksAccepted = "policysync.api.tasks.accepted";

    /// <summary>Counter: answers of 4xx and 5xx; tag <c>http.response.status_code</c>.</summary>
    public const string RequestsRefused = "policysync.api.requests.refused";

    /// <summary>Counter: tokens that were checked and refused; tag <c>reason</c>.</summary>
    public const string TokensRefused = "policysync.api.tokens.refused";

    /// <summary>Counter: tasks that ended; tags <c>status</c> and <c>outcome</c>.</summary>
    public const string TasksEnded = "policysync.tasks.ended";

    /// <summary>Histogram, seconds: from the acceptance of a task to its end; tag <c>status</c>.</summary>
    public const string TaskDuration = "policysync.tasks.duration";

    /// <summary>Gauge: tasks that this silo drives.</summary>
    public const string TasksDriven = "policysync.tasks.driven";

    /// <summary>Gauge: tasks that wait in this silo's lines; tag <c>kind</c>, <c>short</c> or <c>long</c>.</summary>
    public const string TasksWaiting = "policysync.tasks.waiting";

    /// <summary>Gauge: open tasks in the store within this silo's share.</summary>
    public const string TasksOpen = "policysync.tasks.open";

    /// <summary>Gauge, seconds: age of the oldest of them; 0 without any.</summary>
    public const string OldestOpenTask = "policysync.tasks.oldest_open";

    /// <summary>Counter: runs on securables that ended; tags <c>status</c> and <c>code</c>.</summary>
    public const string ResourcesEnded = "policysync.resources.ended";

    /// <summary>Counter: runs on securables that began.</summary>
    public const string Runs = "policysync.runs";

    /// <summary>Counter: calls that were served by a run which another call had started.</summary>
    public const string RunsCoalesced = "policysync.runs.coalesced";

    /// <summary>Counter: changes that took effect in Unity Catalog; tag <c>action</c>.</summary>
    public const string Changes = "policysync.changes";

    /// <summary>Counter: differences that runs reported; tags <c>code</c> and <c>direction</c>.</summary>
    public const string Gaps = "policysync.gaps";

    /// <summary>Gauge: version of the policies that the source returned last; tag <c>source</c>.</summary>
    public const string PolicyVersion = "policysync.policies.version";

    /// <summary>Gauge, seconds: time since the last successful check of the source; tag <c>source</c>.</summary>
    public const string PolicyAge = "policysync.policies.age";

    /// <summary>Counter: requests that the workspace answered; tags <c>method</c>, <c>route</c> and <c>status</c>.</summary>
    public const string WorkspaceRequests = "policysync.workspace.requests";

    /// <summary>Counter: requests that the workspace refused as too many (429).</summary>
    public const string WorkspaceRefused = "policysync.workspace.refused";

    /// <summary>Histogram, seconds: time that a request waited for its turn in the budget.</summary>
    public const string WorkspaceWait = "policysync.workspace.wait";

    /// <summary>Gauge: requests that wait for their turn.</summary>
    public const string WorkspaceWaiting = "policysync.workspace.waiting";

    /// <summary>Gauge, requests per second: what this process may send.</summary>
    public const string WorkspaceBudget = "policysync.workspace.budget";

    /// <summary>Gauge, requests per second: what all processes together may send.</summary>
    public const string WorkspaceBudgetTotal = "policysync.workspace.budget.total";

    /// <summary>Counter: attempts to deliver events to webhooks, and deliveries given up; tags <c>endpoint</c>, <c>event</c> and <c>result</c>.</summary>
    public const string WebhookDeliveries = "policysync.webhooks.deliveries";

    /// <summary>Gauge: events that wait for their delivery by this silo; tag <c>endpoint</c>.</summary>
    public const string WebhooksPending = "policysync.webhooks.pending";

    /// <summary>Gauge, seconds: age of the oldest of them; 0 without any; tag <c>endpoint</c>.</summary>
    public const string OldestPendingWebhook = "policysync.webhooks.oldest_pending";

    /// <summary>Counter: events of the audit stream that a sink has; tags <c>type</c> and <c>sink</c>.</summary>
    public const string AuditSent = "policysync.audit.events";

    /// <summary>Gauge: events that wait in the spool of this process; tag <c>sink</c>.</summary>
    public const string AuditSpooled = "policysync.audit.spooled";

    /// <summary>Counter: events that were dropped since they could not be kept; tag <c>sink</c>.</summary>
    public const string AuditDropped = "policysync.audit.dropped";

    /// <summary>Gauge, seconds: age of the oldest event that waits; 0 without any; tag <c>sink</c>.</summary>
    public const string AuditLag = "policysync.audit.lag";

    /// <summary>Counter: events received from the event hub, repeated ones too; tags <c>hub</c> and <c>partition</c>.</summary>
    public const string EventsReceived = "policysync.events.received";

    /// <summary>Counter: what became of the requests in events; tags <c>hub</c>, <c>partition</c> and <c>outcome</c>.</summary>
    public const string EventOutcomes = "policysync.events.outcomes";

    /// <summary>Counter: attempts to take an event that the storage failed; tags <c>hub</c> and <c>partition</c>.</summary>
    public const string EventRetries = "policysync.events.retries";

    /// <summary>Counter: positions in the hub that could not be stored; tags <c>hub</c> and <c>partition</c>.</summary>
    public const string EventCheckpointFailures = "policysync.events.checkpoint.failures";

    /// <summary>Gauge: events after the stored position; tags <c>hub</c> and <c>partition</c>.</summary>
    public const string EventsLag = "policysync.events.lag";

    /// <summary>Gauge, seconds: how long the oldest of them has been in the hub; tags <c>hub</c> and <c>partition</c>.</summary>
    public const string EventsAge = "policysync.events.age";

    /// <summary>Gauge: partitions that this process reads.</summary>
    public const string EventsPartitions = "policysync.events.partitions";

    /// <summary>Gauge: 1 while the process is connected to the event hub, else 0.</summary>
    public const string EventsConnected = "policysync.events.connected";

    /// <summary>Counter: policies of changes that were turned into tasks by the watch of policies.</summary>
    public const string PolicyWatchPolicies = "policysync.policywatch.policies";

    /// <summary>Counter: securables that these changes can concern, as far as they were listed.</summary>
    public const string PolicyWatchSecurables = "policysync.policywatch.securables";

    /// <summary>Counter: tasks that were made because policies changed.</summary>
    public const string PolicyWatchTasks = "policysync.policywatch.tasks";

    /// <summary>Counter: changes that can concern everything that is managed; tag <c>reason</c>.</summary>
    public const string PolicyWatchEverything = "policysync.policywatch.everything";

    /// <summary>Gauge, seconds: how long a change of policies has waited to be turned into tasks; 0 when none waits.</summary>
    public const string PolicyWatchBehind = "policysync.policywatch.behind";

    /// <summary>Gauge: 1 while a change is held because it concerns too many securables, else 0.</summary>
    public const string PolicyWatchHeld = "policysync.policywatch.held";

    /// <summary>Histogram, seconds: time that a round of the watch for new objects took.</summary>
    public const string WatchRound = "policysync.watch.round";

    /// <summary>Histogram, seconds: from the creation of a table that the watch found to the end of its first sync.</summary>
    public const string WatchDelay = "policysync.watch.delay";

    /// <summary>Gauge: tables that the watch knows.</summary>
    public const string WatchNames = "policysync.watch.names";

    /// <summary>Gauge: catalogs whose tables the watch lists by schema.</summary>
    public const string WatchFallback = "policysync.watch.fallback";

    /// <summary>Counter: tables that the watch found to be new.</summary>
    public const string WatchNew = "policysync.watch.new";

    /// <summary>Counter: tables that the watch found to be gone.</summary>
    public const string WatchGone = "policysync.watch.gone";

    /// <summary>Counter: tables that the watch found to be another object of the same name.</summary>
    public const string WatchRecreated = "policysync.watch.recreated";

    /// <summary>Counter: calls to table storage, a retried call once; tags <c>table</c> and <c>operation</c>.</summary>
    public const string StorageOperations = "policysync.storage.operations";

    /// <summary>Histogram: rows that shared one transaction; tag <c>table</c>.</summary>
    public const string StorageBatchRows = "policysync.storage.batch.rows";

    /// <summary>Histogram: rows per answer to a query of table storage; tag <c>table</c>.</summary>
    public const string StorageQueryRows = "policysync.storage.query.rows";
}
