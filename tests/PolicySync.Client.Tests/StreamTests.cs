using Microsoft.AspNetCore.Http;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

public sealed class StreamTests : IAsyncLifetime
{
    private static readonly string Running = Event("status", FakeService.TaskText("INPROGRESS"));
    private static readonly string Ended = Event("status", FakeService.TaskText("SUCCESS"));

    private FakeService _service = null!;

    public async Task InitializeAsync() => _service = await FakeService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_stream_reports_status_counts_and_results_and_ends_with_the_task()
    {
        var counts = Event("progress", """{"discovered":1,"done":1}""");
        _service.ThenEvents(
            $": heartbeat\n\n{Running}{counts}{Result(1, "main.sales.customers")}{Event("novelty", "[]")}{Ended}{Result(2, "never read")}");

        var updates = await ReadAsync(_service.Client().StreamAsync("42"));

        Assert.Collection(
            updates,
            update => Assert.Equal(SyncTaskStatus.InProgress, Assert.IsType<TaskStatusUpdate>(update).Task.Status),
            update => Assert.Equal(1, Assert.IsType<TaskProgressUpdate>(update).Progress.Done),
            update => Assert.Equal((1, "main.sales.customers"), NumberAndName(update)),
            update => Assert.Equal(SyncTaskStatus.Success, Assert.IsType<TaskStatusUpdate>(update).Task.Status));
        Assert.Null(_service.Requests.Single().Header("Last-Event-ID"));
    }

    [Fact]
    public async Task A_stream_that_breaks_off_continues_after_the_last_result()
    {
        var read = new TaskCompletionSource();
        _service.ThenEvents($"{Running}{Result(1, "a")}{Result(2, "b")}event: result\nid: 3\ndata: {{\"fullN", broken: read.Task)
            .ThenEvents("") // closed by a process that stops
            .ThenEvents($"{Running}{Result(3, "c")}{Ended}");

        var results = new List<(long, string)>();
        await foreach (var update in _service.Client().StreamAsync("42"))
        {
            if (update is TaskResultUpdate)
            {
                results.Add(NumberAndName(update));
            }

            if (results.Count == 2)
            {
                read.TrySetResult();
            }
        }

        Assert.Equal([(1, "a"), (2, "b"), (3, "c")], results);
        Assert.Equal([null, "2", "2"], _service.Requests.Select(request => request.Header("Last-Event-ID")));
    }

    [Fact]
    public async Task A_stream_can_begin_after_a_result()
    {
        _service.ThenEvents(Ended);

        await ReadAsync(_service.Client().StreamAsync("42", after: 17));

        Assert.Equal("17", _service.Requests.Single().Header("Last-Event-ID"));
    }

    [Fact]
    public async Task A_stream_that_brings_nothing_is_given_up()
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            _service.ThenEvents("");
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync(_service.Client(options => options.MaxAttempts = 3).StreamAsync("42")));

        Assert.Equal(3, _service.Requests.Count);
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_opened_again()
    {
        _service.Then(async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(Running);
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }).ThenEvents(Ended);

        var updates = await ReadAsync(_service.Client(options =>
        {
            options.Time = TimeProvider.System;
            options.StreamSilence = TimeSpan.FromMilliseconds(300);
        }).StreamAsync("42"));

        Assert.Equal(2, updates.Count);
    }

    [Fact]
    public async Task A_refused_stream_is_a_failure_with_its_code()
    {
        _service.ThenProblem(404, "NOT_FOUND");

        var failure = await Assert.ThrowsAsync<PolicySyncException>(() => ReadAsync(_service.Client().StreamAsync("42")));

        Assert.Equal("NOT_FOUND", failure.Code);
    }

    [Fact]
    public async Task An_event_of_something_else_is_reported_as_such()
    {
        _service.ThenEvents(Event("status", "<html>"));

        var failure = await Assert.ThrowsAsync<PolicySyncException>(() => ReadAsync(_service.Client().StreamAsync("42")));

        Assert.Equal(PolicySyncException.NotFromService, failure.Code);
    }

    [Fact]
    public async Task A_cancelled_stream_ends()
    {
        using var source = new CancellationTokenSource();
        _service.Then(async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(Running);
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _service.Client().StreamAsync("42", cancellation: source.Token))
            {
                await source.CancelAsync();
            }
        });
    }

    private static (long Number, string Name) NumberAndName(TaskUpdate update)
    {
        var result = Assert.IsType<TaskResultUpdate>(update);
        return (result.Number, result.Resource.FullName);
    }

    private static async Task<List<TaskUpdate>> ReadAsync(IAsyncEnumerable<TaskUpdate> updates)
    {
        var read = new List<TaskUpdate>();
        await foreach (var update in updates)
        {
            read.Add(update);
        }

        return read;
    }

    private static string Event(string kind, string data) => $"event: {kind}\ndata: {data}\n\n";

    private static string Result(int number, string name) => $"event: result\nid: {number}\ndata: {{\"type\":\"table\",\"fullName\":\"{name}\"}}\n\n";
}
