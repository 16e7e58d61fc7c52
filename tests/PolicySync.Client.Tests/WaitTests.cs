using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

public sealed class WaitTests : IAsyncLifetime
{
    private FakeService _service = null!;

    public async Task InitializeAsync() => _service = await FakeService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_wait_lets_the_service_wait_and_asks_again_until_the_end()
    {
        _service.ThenTask("WAITING", headers: ("Retry-After", "4")).ThenTask("INPROGRESS").ThenTask("SKIPPED");

        var task = await _service.Client().WaitAsync("42");

        Assert.Equal(SyncTaskStatus.Skipped, task.Status);
        Assert.All(_service.Requests, request => Assert.Equal("wait=30", request.Header("Prefer")));
        Assert.Equal([TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1)], _service.Time.Pauses); // the fake does not wait
    }

    [Fact]
    public async Task A_wait_with_progress_asks_more_often_and_reports_each_answer()
    {
        _service.ThenTask("INPROGRESS", ""","progress":{"discovered":2,"done":1}""").ThenTask("SUCCESS", ""","progress":{"discovered":2,"total":2,"done":2}""");
        var seen = new Seen();

        await _service.Client().WaitAsync("42", seen);

        Assert.Equal([(1L, (long?)null), (2L, 2L)], seen.Tasks.Select(task => (task.Progress.Done, task.Progress.Total)));
        Assert.All(_service.Requests, request => Assert.Equal("wait=2", request.Header("Prefer")));
    }

    [Fact]
    public async Task A_cancelled_wait_ends()
    {
        using var source = new CancellationTokenSource();
        _service.Then(async http =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _service.Client().WaitAsync("42", cancellation: source.Token));
    }

    private sealed class Seen : IProgress<SyncTask>
    {
        public List<SyncTask> Tasks { get; } = [];

        public void Report(SyncTask value) => Tasks.Add(value);
    }
}
