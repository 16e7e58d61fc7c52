using System.Net;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>What the stream of a task shows.</summary>
public sealed class TaskEventsTests : EventStreamTest
{
    [Fact]
    public async Task A_stream_has_status_and_progress_then_results_and_ends_with_the_ended_status()
    {
        var task = await TaskAsync(results: 2);
        await using var stream = await EventReader.OpenAsync(Host.Client, task.Id.ToString());

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
        using var read = await Host.Client.GetAsync($"{Send.Tasks}/{task.Id}");
        Assert.Equal((await read.JsonAsync()).GetRawText(), events[^1].Data.GetRawText());
        using var list = await Host.Client.GetAsync($"{Send.Tasks}/{task.Id}/resources");
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
            await using var stream = await EventReader.OpenAsync(Host.Client, task.Id.ToString(), last);
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
        await using var rest = await EventReader.OpenAsync(Host.Client, task.Id.ToString(), last);
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

        using var answer = await Host.Client.SendAsync(request);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("Last-Event-ID", problem.GetProperty("errors")[0].GetProperty("header").GetString());
    }

    [Fact]
    public async Task A_last_id_beyond_the_results_gets_the_status_only()
    {
        var task = await TaskAsync(results: 2);
        await EndAsync(task, results: 2);

        await using var stream = await EventReader.OpenAsync(Host.Client, task.Id.ToString(), "999999999999999999");

        Assert.Equal(["progress", "status"], (await stream.RestAsync()).Select(one => one.Name));
    }

    [Fact]
    public async Task An_unchanged_task_gets_heartbeats_and_no_events()
    {
        var task = await TaskAsync(results: 0);
        using var answer = await Host.Client.GetAsync($"{Send.Tasks}/{task.Id}/events", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var (events, beats, start) = (0, new List<DateTimeOffset>(), Time.GetUtcNow());

        while (beats.Count < 3)
        {
            var line = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            events += line!.StartsWith("event:", StringComparison.Ordinal) ? 1 : 0;
            if (line.StartsWith(':'))
            {
                beats.Add(Time.GetUtcNow());
            }
        }

        Assert.Equal(2, events);
        Assert.InRange((beats[2] - start).TotalSeconds, 44, 60);
    }

    [Fact]
    public async Task Progress_does_not_go_back_when_another_process_takes_the_task_over()
    {
        var task = await TaskAsync(results: 0);
        task = await SaveAsync(task, new() { Discovered = 9, Total = 9, Done = 5, Changed = 5 });
        await using var stream = await EventReader.OpenAsync(Host.Client, task.Id.ToString(), "99");
        var events = new List<EventReader.Event> { (await stream.NextAsync())!, (await stream.NextAsync())! };
        task = await SaveAsync(task, new() { Discovered = 6, Done = 3, Changed = 3 });
        await UntilReadAsync(times: 5);
        task = await SaveAsync(task, new() { Discovered = 9, Total = 9, Done = 7, Changed = 7 });
        events.Add((await stream.NextAsync())!);

        Assert.Equal([5, 7], events.Where(one => one.Name == "progress").Select(one => one.Data.GetProperty("done").GetInt64()));
        Assert.All(events.Where(one => one.Name == "progress"), one => Assert.Equal(9, one.Data.GetProperty("total").GetInt64()));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("abc")]
    public async Task An_unknown_task_has_no_stream(string id)
    {
        using var answer = await Host.Client.GetAsync($"{Send.Tasks}/{id}/events");

        await answer.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_task_that_the_token_may_not_read_has_no_stream()
    {
        var task = await TaskAsync(results: 0);
        using var client = Host.ClientWith(Host.Signer.Token(claims => claims["policysync.securables"] = "hr"));

        using var answer = await client.GetAsync($"{Send.Tasks}/{task.Id}/events");

        await answer.ProblemAsync(HttpStatusCode.NotFound);
    }
}
