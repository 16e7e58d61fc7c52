using Microsoft.Extensions.Logging;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Grains.Schedules;

internal sealed partial class DueGrain(
    ITaskStore tasks, IDueStore due, GrainSettings settings, TimeProvider time, ILogger<DueGrain> logger) : Grain, IDueGrain, IDisposable
{
    /// <summary>Most securables of one task, as in the API.</summary>
    private const int MaxPerTask = 1_000;

    /// <summary>The value of <c>event.source</c> in these tasks, which clients may rely on.</summary>
    internal const string Source = "schedule";

    // Containers of the tasks made in this sweep, and when: their walks sync everything below at that time or later.
    private readonly Dictionary<Securable, DateTimeOffset> _walked = [];
    private readonly LongWork _sweep = new(time);
    private long? _lastEmpty;

    public Task<bool> SweepAsync() =>
        !_sweep.IsUnderWay && _lastEmpty is { } last && time.GetElapsedTime(last) < settings.DuePeriod / 2
            ? Task.FromResult(false) // another silo has just called
            : _sweep.RunAsync(MakeTasksAsync);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _sweep.StopAsync(cancellationToken); // the rest stays due

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
        // A securable below a walked container needs no task of its own, if it was due when that walk was requested.
        var own = lot.Where(item => !item.Securable.Parents.Any(above => _walked.TryGetValue(above, out var at) && at >= item.Due)).ToList();
        if (own.Count > 0)
        {
            var task = await tasks.AcceptAsync(Request(own), CancellationToken.None);
            LogMade(task.Id.ToString(), own.Count, lot.Count);
            foreach (var item in own.Where(item => item.Securable.Type.IsContainer()))
            {
                _walked[item.Securable] = now;
            }

            // The task is durable: if this call fails, recovery starts it.
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

    [LoggerMessage(40, LogLevel.Information, "Made task {TaskId} for {Own} of {Due} due securables")]
    private partial void LogMade(string taskId, int own, int due);
}
