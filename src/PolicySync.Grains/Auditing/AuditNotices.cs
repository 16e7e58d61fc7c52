using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using PolicySync.Core.Auditing;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Auditing;

/// <summary>
/// Tells the audit stream of what happens in a silo. Each method returns once the events are durable. Without sinks it does nothing. Safe
/// for concurrent use.
/// </summary>
public sealed class AuditNotices(IAuditStream stream, ITaskStore tasks, IOptions<WorkspaceOptions> workspace, GrainSettings settings, TimeProvider time)
{
    /// <summary>Most tasks, and most refused versions of policies, that are remembered.</summary>
    private const int MaxRemembered = 1_000;

    private readonly AuditEvents _events = new(settings.Instance, workspace.Value.Host?.Host);
    private readonly ConcurrentDictionary<string, SyncTask> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);

    /// <summary>Whether there is a sink.</summary>
    public bool IsOn => stream.IsOn;

    /// <summary>Checks that the event of a change can be kept, before the change is sent.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: it cannot, and <c>Audit:Required</c> is set.</exception>
    public void RequireRoom()
    {
        if (stream.IsOn)
        {
            stream.RequireRoom();
        }
    }

    /// <summary>Reports changes that a read shows.</summary>
    /// <param name="changes">Each with the id of its principal, where that is known.</param>
    /// <param name="writer">The activation that reports them.</param>
    /// <param name="cancellation">Stops waiting for the storage.</param>
    internal async Task TellAsync(IReadOnlyList<(AuditChange Change, long? PrincipalId)> changes, string writer, CancellationToken cancellation)
    {
        var events = new List<AuditEvent>();
        foreach (var (change, principalId) in changes)
        {
            events.Add(_events.OfChange(
                change, await FindAsync(change.TaskId, cancellation), principalId, time.GetUtcNow(), recovered: change.Writer != writer, Traceparent));
        }

        await TellAsync(events);
    }

    /// <summary>Reports what others changed.</summary>
    internal async Task TellAsync(
        Securable securable, string? identity, IReadOnlyList<ExternalChange> found, long taskId, CancellationToken cancellation)
    {
        if (!stream.IsOn || found.Count == 0)
        {
            return;
        }

        var id = new TaskId(taskId).ToString();
        var task = await FindAsync(id, cancellation);
        await TellAsync([.. found.Select(change => _events.OfDrift(securable, identity, change, id, task, time.GetUtcNow(), Traceparent))]);
    }

    /// <summary>Tells that a task ends, before that is stored.</summary>
    internal Task TellAsync(SyncTask ended) => stream.IsOn ? TellAsync([_events.OfEnd(ended, time.GetUtcNow(), Traceparent)]) : Task.CompletedTask;

    /// <summary>Tells that a version of the policies comes into force, before that is stored.</summary>
    internal Task TellAsync(PolicyBaseline accepted, PolicyBaseline? before) => !stream.IsOn || accepted.Stamp == before?.Stamp ? Task.CompletedTask
        : TellAsync([_events.OfAccepted(accepted, before, time.GetUtcNow())]);

    /// <summary>Tells that a version of the policies was refused, once by a process.</summary>
    internal async Task TellAsync(PolicyDownload refused, PolicyBaseline? inForce, SyncException refusal)
    {
        if (!stream.IsOn)
        {
            return;
        }

        var told = _events.OfRefused(refused.Stamp, refused.Policies.PolicyVersion, inForce, refusal, time.GetUtcNow());
        if (_refused.ContainsKey(told.Id))
        {
            return;
        }

        await TellAsync([told]);
        if (_refused.Count >= MaxRemembered)
        {
            _refused.Clear();
        }

        _refused[told.Id] = true;
    }

    private static string? Traceparent => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    // It writes to a disk, which must not hold up a grain.
    private Task TellAsync(IReadOnlyList<AuditEvent> events) => Task.Run(() => stream.Tell(events));

    // What an event says of its task beside the id is a help for readers: a storage that does not answer leaves it out.
    private async Task<SyncTask?> FindAsync(string id, CancellationToken cancellation)
    {
        if (_tasks.TryGetValue(id, out var known))
        {
            return known;
        }

        try
        {
            if (!TaskId.TryParse(id, out var taskId) || await tasks.FindAsync(taskId, cancellation) is not { } found)
            {
                return null;
            }

            if (_tasks.Count >= MaxRemembered)
            {
                _tasks.Clear();
            }

            return _tasks[id] = found;
        }
        catch (SyncException)
        {
            return null;
        }
    }
}
