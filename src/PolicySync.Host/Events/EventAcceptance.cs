using System.Globalization;
using Microsoft.Extensions.Options;
using PolicySync.Core;
using PolicySync.Core.Events;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Events;

/// <inheritdoc cref="IEventIntake"/>
internal sealed partial class EventAcceptance(
    KeyedTasks tasks, IOptions<EventsOptions> options, IOptions<ApiOptions> api, ILogger<EventAcceptance> logger) : IEventIntake
{
    /// <summary>The source of an event that names none.</summary>
    public const string Source = "eventhub";

    private const string AllowRevoke = "/requestInfo/allowRevoke";

    private readonly EventBody _body = new(
        api.Value.UnknownMembers,
        (options.Value.AppSubTypes.Count > 0 ? options.Value.AppSubTypes : [EventsOptions.OwnSubType]).ToHashSet(StringComparer.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public async Task<EventOutcome> TakeAsync(HubEvent sent, CancellationToken cancellation)
    {
        var read = _body.Read(sent.Body);
        var accepted = 0;
        for (var i = 0; i < read.Requests.Count; i++)
        {
            accepted += await AcceptAsync(read.Requests[i], i, sent.Position, cancellation) ? 1 : 0;
        }

        return new EventOutcome(accepted, read.Requests.Count - accepted, read.Ignored, read.Faults);
    }

    // Whether it made a task.
    private async Task<bool> AcceptAsync(SyncRequest request, int index, EventPosition position, CancellationToken cancellation)
    {
        request = request with { Origin = TaskOrigins.Events, Event = (request.Event ?? new SyncEvent()) with { Source = request.Event?.Source ?? Source } };
        if (request.AllowRevoke && !options.Value.AllowRevoke)
        {
            request = request with { AllowRevoke = false, IgnoredMembers = [.. request.IgnoredMembers, AllowRevoke] };
        }

        // Without the position: the same event may be sent to another partition.
        var key = request.Event.Id is { Length: > 0 } id
            ? TaskKey.OfEvent(request.Event.Source!, id, request)
            : TaskKey.OfEvent($"hub {position.Hub}", string.Create(CultureInfo.InvariantCulture, $"{position.Partition}/{position.SequenceNumber}/{index}"), request);
        var (task, outcome) = await tasks.AcceptAsync(request with { Event = request.Event with { Position = position } }, key, cancellation);
        if (outcome == KeyedOutcome.Accepted)
        {
            LogAccepted(task!.Id, WireNames.Of(task.Status), request.Resources.Count, position.Hub, position.Partition, position.SequenceNumber);
        }
        else if (outcome == KeyedOutcome.OtherRequest)
        {
            LogOther(position.Hub, position.Partition, position.SequenceNumber, request.Event.Source!);
        }

        return outcome == KeyedOutcome.Accepted;
    }

    [LoggerMessage(1400, LogLevel.Information, "Accepted task {Id} ({Status}) with {Count} resources from event {Hub}/{Partition}/{SequenceNumber}")]
    private partial void LogAccepted(TaskId id, string status, int count, string hub, string partition, long sequenceNumber);

    [LoggerMessage(1401, LogLevel.Warning, "Event {Hub}/{Partition}/{SequenceNumber} has the id of an earlier event of {Source} that asked for something else; it makes no task. Give each event an id of its own")]
    private partial void LogOther(string hub, string partition, long sequenceNumber, string source);
}
