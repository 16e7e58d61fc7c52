using PolicySync.Core.Errors;

namespace PolicySync.Core.Auditing;

/// <summary>One event of the audit stream. Immutable.</summary>
/// <param name="Type">One of <see cref="AuditEvents.Types"/>.</param>
/// <param name="Id">Its id, the same in every repeat.</param>
/// <param name="Json">The CloudEvent, one line without a line end.</param>
public sealed record AuditEvent(string Type, string Id, string Json);

/// <summary>Where events of the audit stream go. Safe for concurrent use.</summary>
public interface IAuditStream
{
    /// <summary>Whether there is a sink. Without one nothing else is called.</summary>
    bool IsOn { get; }

    /// <summary>Checks, before a change is sent, that its event can be kept.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: it cannot, and <c>Audit:Required</c> is set.</exception>
    void RequireRoom();

    /// <summary>Makes events durable. They are sent later, in this order, and at least once.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: they are not kept, and <c>Audit:Required</c> is set.</exception>
    void Tell(IReadOnlyList<AuditEvent> events);
}

/// <summary>The stream of a process without sinks.</summary>
public sealed class NoAuditStream : IAuditStream
{
    /// <inheritdoc/>
    public bool IsOn => false;

    /// <inheritdoc/>
    public void RequireRoom()
    {
    }

    /// <inheritdoc/>
    public void Tell(IReadOnlyList<AuditEvent> events)
    {
    }
}
