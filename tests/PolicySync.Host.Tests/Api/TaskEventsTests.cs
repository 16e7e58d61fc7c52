using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>The stream of a task, with a clock that the test moves.</summary>
public sealed class TaskEventsTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly CancellationTokenSource _stop = new();
    private TestHost _host = null!;
    private Task _clock = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(time: _time, settings: ("PolicySync:Api:MaxStreamsPerSubject", "2"));
        _clock = RunClockAsync();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _clock;
        await _host.DisposeAsync();
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_stream_has_status_and_progress_then_results_and_ends_with_the_ended_status()
    {
        var task = await TaskAsync(results: 2);
        await using var stream = await EventReader.OpenAsync(_host.Client, task.Id.ToString());

        Assert.Equal("text/event-stream", stream.Answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", stream.Answer.Headers.CacheControl?.ToString());
        Assert.Equal("no", stream.Answer.Headers.GetValues("X-Accel-Buffering").Single());
        var events = new List<EventReader.Event>();
        for (var n = 0; n < 4; n++)
        {
            events.Add((await stream.NextAsync())!);
        }

        await EndAsync(task, results: 3);
        events.AddRange(await stream.RestAsync());

        Assert.Equal(["status", "progress", "result", "result", "progress", "result", "status"], events.Select(one => one.Name));
        Assert.Equal(["0", "1", "2"], events.Where(one => one.Name == "result").Select(one => one.Id));
        Assert.Equal(["main.s.t0", "main.s.t1", "main.s.t2"], events.Where(one => one.Name == "result").Select(one => one.Data.GetProperty("fullName").GetString()));
        Assert.Equal(("NEW", "SUCCESS"), (events[0].Status, events[^1].Status));
        using var read = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}");
        Assert.Equal((await read.JsonAsync()).GetRawText(), events[^1].Data.GetRawText());
        using var list = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}/resources");
        Assert.Equal((await list.JsonAsync()).GetProperty("resources")[2].GetRawText(), events[^2].Data.GetRawText());
    }

    [Fact]
    public async Task A_stream_that_was_cut_is_resumed_without_loss_or_repetition()
    {
        var task = await TaskAsync(results: 1_200);
        var seen = new List<string>();
        string? last = null;
        foreach (var some in new[] { 1, 300, 650 })
        {
            await using var stream = await EventReader.OpenAsync(_host.Client, task.Id.ToString(), last);
            for (var read = 0; read < some;)
            {
                var next = (await stream.NextAsync())!;
                if (next.Name == "result")
                {
                    seen.Add(next.Data.GetProperty("fullName").GetString()!);
                    last = next.Id;
                    read++;
                }
            }
        }

        await EndAsync(task, results: 1_200);
        await using var rest = await EventReader.OpenAsync(_host.Client, task.Id.ToString(), last);
        seen.AddRange((await rest.RestAsync()).Where(one => one.Name == "result").Select(one => one.Data.GetProperty("fullName").GetString()!));

        Assert.Equal(Enumerable.Range(0, 1_200).Select(n => $"main.s.t{n}"), seen);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("1.0")]
    [InlineData("1234567890123456789")]
    public async Task A_last_id_that_is_no_number_is_refused(string id)
    {
        var task = await TaskAsync(results: 0);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Send.Tasks}/{task.Id}/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", id);

        using var answer = await _host.Client.SendAsync(request);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("Last-Event-ID", problem.GetProperty("errors")[0].GetProperty("header").GetString());
    }

    [Fact]
    public async Task A_last_id_beyond_the_results_gets_the_status_only()
    {
        var task = await TaskAsync(results: 2);
        await EndAsync(task, results: 2);

        await using var stream = await EventReader.OpenAsync(_host.Client, task.Id.ToString(), "999999999999999999");

        Assert.Equal(["progress", "status"], (await stream.RestAsync()).Select(one => one.Name));
    }

    [Fact]
    public async Task An_unchanged_task_gets_heartbeats_and_no_events()
    {
        var task = await TaskAsync(results: 0);
        using var answer = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}/events", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var (events, beats, start) = (0, new List<DateTimeOffset>(), _time.GetUtcNow());

        while (beats.Count < 3)
        {
            var line = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            events += line!.StartsWith("event:", StringComparison.Ordinal) ? 1 : 0;
            if (line.StartsWith(':'))
            {
                beats.Add(_time.GetUtcNow());
            }
        }

        Assert.Equal(2, events);
        Assert.InRange((beats[2] - start).TotalSeconds, 44, 60);
    }

    [Fact]
    public async Task A_subject_has_a_limited_number_of_streams_and_gets_its_place_back()
    {
        var task = await TaskAsync(results: 0);
        var first = await EventReader.OpenAsync(_host.Client, task.Id.ToString());
        await using var second = await EventReader.OpenAsync(_host.Client, task.Id.ToString());

        using var third = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}/events");
        using var other = _host.ClientWith(_host.Signer.Token(claims => claims["sub"] = "another"));
        await using var others = await EventReader.OpenAsync(other, task.Id.ToString());

        var problem = await third.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal("TOO_MANY_STREAMS", problem.GetProperty("code").GetString());
        Assert.NotNull(third.Headers.RetryAfter);
        await first.DisposeAsync();
        await UntilAsync(async () =>
        {
            using var again = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}/events", HttpCompletionOption.ResponseHeadersRead);
            return again.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off()
    {
        var task = await TaskAsync(results: 1_000, message: new string('x', 4_000));
        using var first = await EventReader.OpenUnreadAsync(_host.Client, task.Id.ToString());
        using var second = await EventReader.OpenUnreadAsync(_host.Client, task.Id.ToString());

        await UntilAsync(async () =>
        {
            using var third = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}/events", HttpCompletionOption.ResponseHeadersRead);
            return third.StatusCode == HttpStatusCode.OK;
        });
        await Assert.ThrowsAnyAsync<IOException>(async () => await (await first.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        var task = await TaskAsync(results: 0);
        var end = DateTimeOffset.UtcNow.AddMinutes(2);
        using var client = _host.ClientWith(_host.Signer.Token(claims => claims["exp"] = end.ToUnixTimeSeconds()));
        await using var stream = await EventReader.OpenAsync(client, task.Id.ToString());

        Assert.Equal(["status", "progress"], (await stream.RestAsync()).Select(one => one.Name));
        Assert.InRange(_time.GetUtcNow(), end, end.AddMinutes(2));
    }

    [Fact]
    public async Task A_stream_ends_when_the_key_of_its_token_is_removed()
    {
        var task = await TaskAsync(results: 0);
        await using var stream = await EventReader.OpenAsync(_host.Client, task.Id.ToString());
        await stream.NextAsync();
        using var other = Signer.P256();
        var removed = _time.GetUtcNow();
        await File.WriteAllTextAsync(_host.KeyFile, other.PublicPem);

        await stream.RestAsync();

        Assert.InRange((_time.GetUtcNow() - removed).TotalSeconds, 0, 60);
    }

    [Fact]
    public async Task A_stream_ends_without_an_ended_status_when_the_process_stops()
    {
        var task = await TaskAsync(results: 1);
        await using var stream = await EventReader.OpenAsync(_host.Client, task.Id.ToString());
        await stream.NextAsync();

        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.DoesNotContain(await stream.RestAsync(), one => one.Name == "status");
    }

    [Fact]
    public async Task A_stream_reads_storage_at_most_once_a_second()
    {
        var task = await TaskAsync(results: 3);
        var reads = new List<DateTimeOffset>();
        _host.Store.Before = () =>
        {
            lock (reads)
            {
                reads.Add(_time.GetUtcNow());
            }

            return Task.CompletedTask;
        };
        await using var stream = await EventReader.OpenAsync(_host.Client, task.Id.ToString());
        for (var n = 0; n < 5; n++)
        {
            await stream.NextAsync();
        }

        await UntilAsync(() => Task.FromResult(reads.Count > 20));
        lock (reads)
        {
            Assert.All(reads.Zip(reads.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 0.999, 10));
        }
    }

    [Fact]
    public async Task Progress_does_not_go_back_when_another_process_takes_the_task_over()
    {
        var task = await TaskAsync(results: 0);
        task = await SaveAsync(task, new() { Discovered = 9, Total = 9, Done = 5, Changed = 5 });
        await using var stream = await EventReader.OpenAsync(_host.Client, task.Id.ToString(), "99");
        var events = new List<EventReader.Event> { (await stream.NextAsync())!, (await stream.NextAsync())! };
        task = await SaveAsync(task, new() { Discovered = 6, Done = 3, Changed = 3 });
        await UntilReadAsync(times: 5);
        task = await SaveAsync(task, new() { Discovered = 9, Total = 9, Done = 7, Changed = 7 });
        events.Add((await stream.NextAsync())!);

        Assert.Equal([5, 7], events.Where(one => one.Name == "progress").Select(one => one.Data.GetProperty("done").GetInt64()));
        Assert.All(events.Where(one => one.Name == "progress"), one => Assert.Equal(9, one.Data.GetProperty("total").GetInt64()));
    }

    [Fact]
    public async Task A_stream_outlives_storage_that_does_not_answer()
    {
        var task = await TaskAsync(results: 1);
        var failed = 0;
        await using var stream = await EventReader.OpenAsync(_host.Client, task.Id.ToString());
        await stream.NextAsync();
        _host.Store.Before = () => ++failed <= 3
            ? throw new Core.Errors.SyncException(Core.Errors.SyncErrorCode.Unavailable, "the store is away")
            : Task.CompletedTask;
        await EndAsync(task, results: 1);

        Assert.Equal("SUCCESS", (await stream.RestAsync())[^1].Status);
        Assert.True(failed > 3);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("abc")]
    public async Task An_unknown_task_has_no_stream(string id)
    {
        using var answer = await _host.Client.GetAsync($"{Send.Tasks}/{id}/events");

        await answer.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_task_that_the_token_may_not_read_has_no_stream()
    {
        var task = await TaskAsync(results: 0);
        using var client = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "hr"));

        using var answer = await client.GetAsync($"{Send.Tasks}/{task.Id}/events");

        await answer.ProblemAsync(HttpStatusCode.NotFound);
    }

    private async Task<SyncTask> TaskAsync(int results, string message = "")
    {
        var task = await _host.Store.AcceptAsync(TestStore.Request, default);
        await _host.Store.SaveResultsAsync(task.Id, 0, Results(0, results, message), default);
        return await _host.Store.SaveAsync(task with { Progress = new TaskProgress { Discovered = results, Done = results } }, default);
    }

    private Task<SyncTask> SaveAsync(SyncTask task, TaskProgress progress) => _host.Store.SaveAsync(task with { Progress = progress }, default);

    private async Task UntilReadAsync(int times)
    {
        var reads = 0;
        _host.Store.Before = () =>
        {
            Interlocked.Increment(ref reads);
            return Task.CompletedTask;
        };
        await UntilAsync(() => Task.FromResult(Volatile.Read(ref reads) >= times));
    }

    private async Task EndAsync(SyncTask task, int results)
    {
        await _host.Store.SaveResultsAsync(task.Id, task.Progress.Done, Results((int)task.Progress.Done, results), default);
        await _host.Store.FinishAsync(
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
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
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
