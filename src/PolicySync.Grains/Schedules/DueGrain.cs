using Microsoft.Extensions.Logging;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Grains.Schedules;

internal sealed partial class DueGrain(
    ITaskStore tasks, IDueStore due, GrainSettings settings, TimeProvider time, ILogger<DueGrain> logger) : Grain, IDueGrain, IDisposable
{
    /// <summary>Securables of one task: as many as the API takes.</summary>
    private const int MaxPerTask = 1_000;

    /// <summary>What <c>event.source</c> of these tasks says. A promise.</summary>
    internal const string Source = "schedule";

    // Containers of the tasks made of late, and when: their walks sync what lies below at that time or later.
    private readonly Dictionary<Securable, DateTimeOffset> _walked = [];
    private readonly LongWork _sweep = new(time);
    private long? _lastEmpty;

    public Task<bool> SweepAsync() =>
        !_sweep.IsUnderWay && _lastEmpty is { } last && time.GetElapsedTime(last) < settings.DuePeriod / 2
            ? Task.FromResult(false) // another silo has just asked
            : _sweep.GoOnAsync(MakeTasksAsync);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _sweep.StopAsync(cancellationToken); // what is left stays due

    public void Dispose() => _sweep.Dispose();

    private async Task MakeTasksAsync(CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        var now = time.GetUtcNow();
        var lots = new Dictionary<int, List<DueSecurable>>();
        await foreach (var item in due.ReadAsync(now, stopping))
        {
            var lot = lots.TryGetValue(item.Attempt, out var begun) ? begun : lots[item.Attempt] = [];
            lot.Add(item);
            if (lot.Count == MaxPerTask)
            {
                await MakeTaskAsync(lot, now, stopping);
                lots.Remove(item.Attempt);
            }
        }

        foreach (var lot in lots.Values)
        {
            await MakeTaskAsync(lot, now, stopping);
        }

        _walked.Clear();
        _lastEmpty = start;
    }

    private async Task MakeTaskAsync(List<DueSecurable> lot, DateTimeOffset now, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        // What a walk of ours comes to anyway needs no task of its own, if the walk began when it was due already.
        var own = lot.Where(item => !item.Securable.Parents.Any(above => _walked.TryGetValue(above, out var at) && at >= item.Due)).ToList();
        if (own.Count > 0)
        {
            var task = await tasks.AcceptAsync(Request(own), CancellationToken.None);
            LogMade(task.Id.ToString(), own.Count, lot.Count);
            foreach (var item in own.Where(item => item.Securable.Type.IsContainer()))
            {
                _walked[item.Securable] = now;
            }

            // Durable: whatever becomes of this call, recovery starts it.
            GrainFactory.GetGrain<ISyncTaskGrain>(task.Id.Value).StartAsync().Ignore();
        }

        await due.RemoveAsync(lot, CancellationToken.None);
    }

    private static SyncRequest Request(List<DueSecurable> lot) => new()
    {
        Type = TaskTypes.ResourceSync,
        Resources = [.. lot.Select(item => item.Securable).Distinct().Select(RequestedResource.Of)],
        Event = new SyncEvent { Source = Source },
        Origin = TaskOrigins.Schedule,
        DueAttempt = lot[0].Attempt,
    };

    [LoggerMessage(40, LogLevel.Information, "task {TaskId} was made for {Own} securables, of {Due} that are due")]
    private partial void LogMade(string taskId, int own, int due);
}
