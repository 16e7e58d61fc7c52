using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Events;

/// <summary>Makes tasks of events. Safe for concurrent use.</summary>
public interface IEventIntake
{
    /// <summary>
    /// Takes one event: when this returns, each request in it is a durable task, is that of an earlier event, is not for this service, or is among
    /// the faults.
    /// </summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the storage does not answer. The same event may be given again.</exception>
    Task<EventOutcome> TakeAsync(HubEvent sent, CancellationToken cancellation);
}

/// <summary>An event as it was received.</summary>
/// <param name="Position">Its place in the hub.</param>
/// <param name="Body">Its bytes.</param>
public sealed record HubEvent(EventPosition Position, ReadOnlyMemory<byte> Body);

/// <summary>What became of an event.</summary>
/// <param name="Accepted">Requests that made a task.</param>
/// <param name="Duplicates">Requests whose task exists already.</param>
/// <param name="Ignored">Requests for other services.</param>
/// <param name="Faults">What is wrong with the others: the event becomes a dead letter.</param>
public sealed record EventOutcome(int Accepted, int Duplicates, int Ignored, IReadOnlyList<EventFault> Faults);

/// <summary>Something wrong with the body of an event.</summary>
/// <param name="Pointer">Where, as a JSON Pointer (RFC 6901).</param>
/// <param name="Detail">What, in the words of the API for the same fault in a request.</param>
public sealed record EventFault(string Pointer, string Detail);
