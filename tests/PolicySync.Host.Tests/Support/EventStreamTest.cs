using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Tests.Support;

/// <summary>Tests of streams, with a clock that moves by itself, faster than a real one.</summary>
public abstract class EventStreamTest : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _clock = Task.CompletedTask;

    private protected TestHost Host { get; private set; } = null!;

    private protected FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync(time: Time, settings: ("PolicySync:Api:MaxStreamsPerSubject", "2"));
        _clock = RunClockAsync();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _clock;
        await Host.DisposeAsync();
    }

    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<SyncTask> TaskAsync(int results, string message = "")
    {
        var task = await Host.Store.AcceptAsync(TestStore.Request, default);
        await Host.Store.SaveResultsAsync(task.Id, 0, Results(0, results, message), default);
        return await Host.Store.SaveAsync(task with { Progress = new TaskProgress { Discovered = results, Done = results } }, default);
    }

    private protected Task<SyncTask> SaveAsync(SyncTask task, TaskProgress progress) => Host.Store.SaveAsync(task with { Progress = progress }, default);

    private protected async Task UntilReadAsync(int times)
    {
        var reads = 0;
        Host.Store.Before = () =>
        {
            Interlocked.Increment(ref reads);
            return Task.CompletedTask;
        };
        await UntilAsync(() => Task.FromResult(Volatile.Read(ref reads) >= times));
    }

    private protected async Task EndAsync(SyncTask task, int results)
    {
        await Host.Store.SaveResultsAsync(task.Id, task.Progress.Done, Results((int)task.Progress.Done, results), default);
        await Host.Store.FinishAsync(
            task with
            {
                Status = SyncTaskStatus.Success,
                Outcome = SyncTaskOutcome.Succeeded,
                EndTime = task.CreateTime,
                Progress = new TaskProgress { Discovered = results, Total = results, Done = results },
            },
            default);
    }

    private static List<ResourceResult> Results(int from, int to, string message = "") => [.. Enumerable.Range(from, to - from).Select(n => new ResourceResult
    {
        Type = "table", FullName = $"main.s.t{n}", Status = ResourceStatus.Success, Message = message,
    })];

    /// <summary>Moves the clock, a second for a few milliseconds.</summary>
    private async Task RunClockAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!_stop.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync();
            Time.Advance(TimeSpan.FromMilliseconds(250));
        }
    }

    private protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var n = 0; n < 1_000; n++)
        {
            if (await condition())
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.Fail("the condition did not come true");
    }
}
