using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Events;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Host.Events;

/// <summary>
/// Makes tasks of audit records of the workspace: the objects that were made or changed are synced. They are hints beside the watch; so whatever
/// else is in the hub is counted and passed by, and none becomes a dead letter.
/// </summary>
internal sealed partial class AuditAcceptance(
    KeyedTasks tasks, IPrincipalDirectory directory, IOptions<SyncOptions> sync, ILogger<AuditAcceptance> logger) : IEventIntake
{
    /// <summary>The <c>event.source</c> of the tasks.</summary>
    public const string Source = "databricks-audit";

    private readonly Managed _managed = new(sync.Value);
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public async Task<EventOutcome> TakeAsync(HubEvent sent, CancellationToken cancellation)
    {
        var read = DatabricksAudit.Read(sent.Body);
        foreach (var action in read.Unknown.Where(action => _told.TryAdd(action, true)))
        {
            LogUnknown(action, sent.Position.Hub, sent.Position.Partition, sent.Position.SequenceNumber);
        }

        var self = read.Objects.Count > 0 ? await SelfAsync(cancellation) : null;
        var wanted = read.Objects.Where(one => IsWanted(one, self)).Select(one => one.Securable).ToList();
        var accepted = 0;
        var resources = NewObjectTasks.Divide(
            wanted.Where(one => one.Type.IsContainer()), wanted.Where(one => !one.Type.IsContainer()), int.MaxValue);
        for (var i = 0; i < resources.Count; i++)
        {
            accepted += await AcceptAsync(resources[i], i, sent.Position, cancellation) ? 1 : 0;
        }

        return new EventOutcome(accepted, resources.Count - accepted, read.Others + read.Unknown.Count + read.Objects.Count - wanted.Count, []);
    }

    private bool IsWanted(AuditedObject one, string? self)
    {
        if (self is not null && one.By is { } by && PrincipalKey.Of(by) == self)
        {
            return false;
        }

        var (securable, catalog) = (one.Securable, one.Securable.CatalogName!);
        return !SecurableName.IsReservedCatalog(catalog) && !securable.Parts.Skip(1).Take(1).Any(SecurableName.IsReservedSchema)
            && (securable.Type.IsContainer() ? _managed.CouldCoverBelow(securable) : _managed.Covers(securable));
    }

    // While the directory cannot be read, changes of the service itself cannot be recognised: a sync after them changes nothing.
    private async Task<string?> SelfAsync(CancellationToken cancellation)
    {
        try
        {
            return (await directory.GetAsync(cancellation)).Self is { } self ? PrincipalKey.Of(self.Name) : null;
        }
        catch (SyncException)
        {
            return null;
        }
    }

    // Whether it made a task.
    private async Task<bool> AcceptAsync(IReadOnlyList<Securable> resources, int index, EventPosition position, CancellationToken cancellation)
    {
        var request = NewObjectTasks.Request(resources) with { Event = new SyncEvent { Source = Source } };
        var key = TaskKey.OfEvent(
            $"hub {position.Hub}", string.Create(CultureInfo.InvariantCulture, $"{position.Partition}/{position.SequenceNumber}/{index}"), request);
        var (task, outcome) = await tasks.AcceptAsync(request with { Event = request.Event with { Position = position } }, key, cancellation);
        if (outcome == KeyedOutcome.Accepted)
        {
            LogAccepted(task!.Id, resources.Count, position.Hub, position.Partition, position.SequenceNumber);
        }

        return outcome == KeyedOutcome.Accepted;
    }

    [LoggerMessage(1410, LogLevel.Information, "Accepted task {Id} with {Count} resources from the audit records in event {Hub}/{Partition}/{SequenceNumber}")]
    private partial void LogAccepted(TaskId id, int count, string hub, string partition, long sequenceNumber);

    [LoggerMessage(1411, LogLevel.Warning, "The audit record of {Action} in event {Hub}/{Partition}/{SequenceNumber} does not name its object in a way that is known; such records are passed by, and the watch finds the objects")]
    private partial void LogUnknown(string action, string hub, string partition, long sequenceNumber);
}
