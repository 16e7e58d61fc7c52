using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Grains.Verification;

/// <summary>
/// Makes the tasks of a round. That a round has begun is written before its first task, so that no other silo begins it
/// too; which tasks it has, after the last. A crash in between makes them once more, which is harmless: they are
/// idempotent and their runs are shared.
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
    /// <summary>Resources that one task can name (specification §1).</summary>
    private const int MaxResources = 1_000;

    private readonly LongWork _beginning = new(time);

    public Task TickAsync() => _beginning.GoOnAsync(BeginIfDueAsync);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _beginning.StopAsync(cancellationToken);

    public void Dispose() => _beginning.Dispose();

    private async Task BeginIfDueAsync(CancellationToken stopping)
    {
        if (options.Value.Every is not { } every || !await IsDueAsync(every))
        {
            return;
        }

        if (!state.State.IsOpen)
        {
            await WriteAsync(new VerifyState { Began = time.GetUtcNow(), IsOpen = true });
        }

        var ids = new List<long>();
        foreach (var resources in (await scopes.ResourcesAsync(stopping)).Chunk(MaxResources))
        {
            stopping.ThrowIfCancellationRequested();
            var task = await tasks.SubmitAsync(Request(resources), CancellationToken.None);
            ids.Add(task.Id.Value);
            LogBegan(task.Id, resources.Length, task.Request.Type);
        }

        if (ids.Count == 0)
        {
            LogNothing();
        }

        await WriteAsync(new VerifyState { Began = state.State.Began, Tasks = ids });
    }

    // What is not known to be written must not be believed: the row may have been written all the same, and the next
    // activation reads it.
    private async Task WriteAsync(VerifyState next)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    private async Task<bool> IsDueAsync(TimeSpan every)
    {
        if (state.State.IsOpen || state.State.Began is not { } began)
        {
            return true;
        }

        // A clock that was set back must not suspend the rounds.
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

    [LoggerMessage(50, LogLevel.Information, "verification task {TaskId} of {Count} resources made, type {Type}")]
    private partial void LogBegan(TaskId taskId, int count, string type);

    [LoggerMessage(51, LogLevel.Warning, "nothing that is managed is in Verify:Scopes")]
    private partial void LogNothing();
}
