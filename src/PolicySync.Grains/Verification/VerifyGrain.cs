using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Grains.Verification;

/// <summary>
/// Makes the tasks of a verification round. The start of the round is stored before its first task, so that no other activation
/// starts it too; the list of its tasks is stored after the last. A crash in between makes the tasks twice, which is harmless:
/// they are idempotent and share their runs.
/// </summary>
internal sealed partial class VerifyGrain(
    [PersistentState("verify", GrainNames.Storage)] IPersistentState<VerifyState> state,
    VerifyScopes scopes,
    TaskGateway tasks,
    ITaskStore store,
    IOptions<VerifyOptions> options,
    TimeProvider time,
    ILogger<VerifyGrain> logger) : Grain, IVerifyGrain, IDisposable
{
    /// <summary>Most resources of one task (specification §1).</summary>
    private const int MaxResources = 1_000;

    private readonly LongWork _starting = new(time);

    public Task TickAsync() => _starting.RunAsync(StartIfDueAsync);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _starting.StopAsync(cancellationToken);

    public void Dispose() => _starting.Dispose();

    private async Task StartIfDueAsync(CancellationToken stopping)
    {
        if (options.Value.Every is not { } every || !await IsDueAsync(every))
        {
            return;
        }

        if (!state.State.IsOpen)
        {
            await state.ReplaceAsync(new VerifyState { Began = time.GetUtcNow(), IsOpen = true }, DeactivateOnIdle);
        }

        var ids = new List<long>();
        foreach (var resources in (await scopes.ResourcesAsync(stopping)).Chunk(MaxResources))
        {
            stopping.ThrowIfCancellationRequested();
            var task = await tasks.SubmitAsync(Request(resources), CancellationToken.None);
            ids.Add(task.Id.Value);
            LogMade(task.Id, resources.Length, task.Request.Type);
        }

        if (ids.Count == 0)
        {
            LogEmpty();
        }

        await state.ReplaceAsync(new VerifyState { Began = state.State.Began, Tasks = ids }, DeactivateOnIdle);
    }

    private async Task<bool> IsDueAsync(TimeSpan every)
    {
        if (state.State.IsOpen || state.State.Began is not { } began)
        {
            return true;
        }

        // A clock that was set back (a negative age) must not suspend the rounds.
        var age = time.GetUtcNow() - began;
        if (age >= TimeSpan.Zero && age < every)
        {
            return false;
        }

        foreach (var id in state.State.Tasks)
        {
            if (await store.FindAsync(new TaskId(id), CancellationToken.None) is { } task && !task.Status.IsTerminal())
            {
                return false;
            }
        }

        return true;
    }

    private SyncRequest Request(IReadOnlyList<RequestedResource> resources) => new()
    {
        Type = options.Value.Repair ? TaskTypes.ResourceSync : TaskTypes.Verify,
        Resources = resources,
        Origin = TaskOrigins.Verify,
        Event = new SyncEvent { Source = VerifyOptions.EventSource },
    };

    [LoggerMessage(50, LogLevel.Information, "Made verification task {TaskId} for {Count} resources, type {Type}")]
    private partial void LogMade(TaskId taskId, int count, string type);

    [LoggerMessage(51, LogLevel.Warning, "The verification round is empty: Verify:Scopes covers no managed catalog or schema")]
    private partial void LogEmpty();
}
