using System.Text.Json;
using PolicySync.Core.Auditing;
using PolicySync.Core.Errors;

namespace PolicySync.Grains.Tests.Support;

/// <summary>An audit stream that outlives silos.</summary>
internal sealed class KeptAudit
{
    private readonly Lock _gate = new();
    private readonly List<ToldEvent> _told = [];

    /// <summary>Whether there is a sink.</summary>
    public bool IsOn { get; set; }

    /// <summary>Whether <c>Audit:Required</c> keeps changes back.</summary>
    public bool IsFull { get; set; }

    /// <summary>Runs before events are kept.</summary>
    public Action? BeforeTell { get; set; }

    /// <summary>Runs after events were kept.</summary>
    public Action? AfterTell { get; set; }

    /// <summary>How many calls of any kind were made.</summary>
    public int Calls { get; private set; }

    public IReadOnlyList<ToldEvent> Told
    {
        get
        {
            lock (_gate)
            {
                return [.. _told];
            }
        }
    }

    public IReadOnlyList<ToldEvent> Of(string type) => [.. Told.Where(told => told.Type == type)];

    /// <summary>Changes of grants in words, in the order in which they were told.</summary>
    public IReadOnlyList<string> Grants =>
        [.. Of(AuditEvents.GrantChanged).Select(told => $"{told.Text("action")} {told.Data.GetProperty("securable").GetProperty("fullName")} {told.Text("principal")} {told.Text("privilege")}")];

    public void Tell(IReadOnlyList<AuditEvent> events)
    {
        var changes = events.Any(told => told.Type is AuditEvents.GrantChanged or AuditEvents.GuardChanged);
        if (changes)
        {
            BeforeTell?.Invoke();
        }

        lock (_gate)
        {
            Calls++;
            ThrowIfFull();
            _told.AddRange(events.Select(told => new ToldEvent(told.Type, told.Id, JsonDocument.Parse(told.Json).RootElement.Clone())));
        }

        if (changes)
        {
            AfterTell?.Invoke();
        }
    }

    public void RequireRoom()
    {
        lock (_gate)
        {
            Calls++;
            ThrowIfFull();
        }
    }

    private void ThrowIfFull()
    {
        if (IsFull)
        {
            throw new SyncException(SyncErrorCode.Unavailable, "the audit stream is full");
        }
    }
}

/// <summary>An event that was told.</summary>
internal sealed record ToldEvent(string Type, string Id, JsonElement Event)
{
    public JsonElement Data => Event.GetProperty("data");

    public string? Text(string member) => Data.TryGetProperty(member, out var value) ? value.ToString() : null;

    public bool IsRecovered => Data.GetProperty("recovered").GetBoolean();
}

/// <summary>The stream of a silo, which does nothing once it is dead.</summary>
internal sealed class SiloAudit(KeptAudit audit, SiloFate fate) : IAuditStream
{
    public bool IsOn => audit.IsOn;

    public void RequireRoom()
    {
        ThrowIfDead();
        audit.RequireRoom();
    }

    public void Tell(IReadOnlyList<AuditEvent> events)
    {
        ThrowIfDead();
        audit.Tell(events);
        ThrowIfDead();
    }

    private void ThrowIfDead()
    {
        if (fate.IsDead)
        {
            throw new SyncException(SyncErrorCode.Unavailable, "dead");
        }
    }
}
