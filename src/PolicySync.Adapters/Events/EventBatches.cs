using Azure;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Events;
using PolicySync.Core.Tasks;

namespace PolicySync.Adapters.Events;

/// <summary>
/// Takes the events of a batch side by side, each until it is done, however long the storage does not answer: a task, a duplicate, ignored, or a
/// stored dead letter. Safe for concurrent use.
/// </summary>
internal sealed partial class EventBatches(
    IEventIntake intake, DeadLetters letters, EventMetrics metrics, EventBackoff backoff, TimeProvider time, ILogger<EventBatches> logger)
{
    /// <summary>
    /// Attempts with a failure that is not of the storage, after which an event becomes a dead letter. Without a bound, one event that meets a
    /// defect would stop its partition.
    /// </summary>
    private const int MaxDefects = 3;

    /// <summary>Takes the events. Only the cancellation ends it early.</summary>
    /// <exception cref="OperationCanceledException">The partition was taken away, or the process stops: some events may be done.</exception>
    public Task TakeAsync(IReadOnlyList<HubEvent> events, CancellationToken cancellation) =>
        Task.WhenAll(events.Select(sent => TakeAsync(sent, cancellation)));

    private async Task TakeAsync(HubEvent sent, CancellationToken cancellation)
    {
        EventOutcome? outcome = null;
        var reason = "";
        var defects = 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (outcome is null)
                {
                    (outcome, reason) = (await intake.TakeAsync(sent, cancellation), "the event is not a request as POST /task takes it");
                }

                if (outcome.Faults.Count > 0)
                {
                    await letters.StoreAsync(sent, reason, outcome.Faults, cancellation);
                    LogDeadLetter(sent.Position.Hub, sent.Position.Partition, sent.Position.SequenceNumber, outcome.Faults[0].Pointer, outcome.Faults[0].Detail);
                }

                metrics.Record(sent.Position, outcome);
                return;
            }
            catch (Exception e) when (IsOfTheStorage(e) && !cancellation.IsCancellationRequested)
            {
                metrics.Retry(sent.Position);
                LogRetry(sent.Position.Hub, sent.Position.Partition, sent.Position.SequenceNumber, attempt, e.Message);
            }
#pragma warning disable CA1031 // what it is, is not known; the other events must go on
            catch (Exception e) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogDefect(e, sent.Position.Hub, sent.Position.Partition, sent.Position.SequenceNumber);
                if (++defects == MaxDefects)
                {
                    (outcome, reason) = (new EventOutcome(0, 0, 0, [new EventFault("", $"a defect of the service: {e.GetType().Name}")]), "the event could not be handled");
                }
            }

            await Task.Delay(backoff.After(attempt), time, cancellation);
        }
    }

    private static bool IsOfTheStorage(Exception e) => e is SyncException { Code: SyncErrorCode.Unavailable } or RequestFailedException or TimeoutException
        or HttpRequestException or IOException or AggregateException { InnerException: RequestFailedException } or OperationCanceledException;

    [LoggerMessage(149, LogLevel.Warning, "Event {Hub}/{Partition}/{SequenceNumber} is a dead letter: {Pointer} {Detail}")]
    private partial void LogDeadLetter(string hub, string partition, long sequenceNumber, string pointer, string detail);

    [LoggerMessage(141, LogLevel.Information, "Event {Hub}/{Partition}/{SequenceNumber} is tried again after attempt {Attempt}: {Reason}")]
    private partial void LogRetry(string hub, string partition, long sequenceNumber, int attempt, string reason);

    [LoggerMessage(142, LogLevel.Error, "Event {Hub}/{Partition}/{SequenceNumber} met a defect")]
    private partial void LogDefect(Exception e, string hub, string partition, long sequenceNumber);
}
