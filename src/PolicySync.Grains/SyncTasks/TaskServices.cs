using Microsoft.Extensions.Options;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Auditing;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Telemetry;
using PolicySync.Grains.Waits;
using PolicySync.Grains.Webhooks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>The services that every task driver of a silo uses.</summary>
// Thirteen parameters: it exists to gather them, so that a driver takes one.
internal sealed class TaskServices(
    ITaskStore store,
    IDueStore due,
    IUnityCatalog catalog,
    IResourceRuns resources,
    WalkGate gate,
    TaskAdmission admission,
    GrainMetrics metrics,
    WaitBoard waits,
    WebhookNotices? notices,
    AuditNotices? audit,
    IOptions<SyncOptions> sync,
    IOptions<TasksOptions> tasks,
    TimeProvider time)
{
    public ITaskStore Store { get; } = store;

    public IDueStore Due { get; } = due;

    public IUnityCatalog Catalog { get; } = catalog;

    public IResourceRuns Resources { get; } = resources;

    public WalkGate Gate { get; } = gate;

    public TaskAdmission Admission { get; } = admission;

    public GrainMetrics Metrics { get; } = metrics;

    public WaitBoard Waits { get; } = waits;

    /// <summary>The events of tasks; null for a task that has none.</summary>
    public WebhookNotices? Notices { get; } = notices;

    /// <summary>The audit stream; null for a task that it does not report.</summary>
    public AuditNotices? Audit { get; } = audit;

    public Managed Managed { get; } = new(sync.Value);

    public SyncOptions Sync { get; } = sync.Value;

    public TasksOptions Tasks { get; } = tasks.Value;

    public TimeProvider Time { get; } = time;

    /// <summary>The same services for a task of which nothing but what <paramref name="other"/> takes is stored, and that has no events.</summary>
    public TaskServices For(ITaskStore other) =>
        new(other, Due, Catalog, Resources, Gate, Admission, Metrics, Waits, notices: null, audit: null, sync, tasks, Time);
}
