using System.Net;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary><c>Prefer: wait=N</c>, and when to ask again. The silos are silent here: the store shows the end.</summary>
public sealed class WaitTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_POST_that_prefers_to_wait_is_answered_with_the_whole_task_when_it_has_ended()
    {
        var posting = SendAsync(HttpMethod.Post, Send.Task, "wait=30");
        await FinishAsync(await OpenAsync());

        using var answer = await posting;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var task = await answer.JsonAsync();
        Assert.Equal(["taskId", "status", "message", "outcome"], task.EnumerateObject().Select(member => member.Name).Take(4));
        Assert.Equal("SUCCESS", task.GetProperty("status").GetString());
        Assert.Equal(["wait=30"], answer.Headers.GetValues("Preference-Applied"));
        Assert.Equal($"/policysync/api/v1/tasks/{task.GetProperty("taskId").GetString()}", answer.Headers.Location?.ToString());
        Assert.Null(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task At_the_bound_a_POST_is_202_and_a_GET_shows_the_task_as_it_is()
    {
        using var posted = await SendAsync(HttpMethod.Post, Send.Task, "respond-async, wait=0");
        using var read = await SendAsync(HttpMethod.Get, posted.Headers.Location!.ToString(), "wait=1");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK), (posted.StatusCode, read.StatusCode));
        Assert.Equal(["taskId", "status", "message"], (await posted.JsonAsync()).EnumerateObject().Select(member => member.Name));
        Assert.Equal(("wait=0", "wait=1"), (posted.Headers.GetValues("Preference-Applied").Single(), read.Headers.GetValues("Preference-Applied").Single()));
        Assert.NotNull(read.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_GET_that_prefers_to_wait_is_answered_when_the_task_has_ended()
    {
        using var posted = await SendAsync(HttpMethod.Post, Send.Task, null);
        var reading = SendAsync(HttpMethod.Get, posted.Headers.Location!.ToString(), "wait=30");
        await FinishAsync(await OpenAsync());

        using var read = await reading;

        Assert.Equal("SUCCESS", (await read.JsonAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_task_that_ended_before_is_shown_at_once_and_no_wait_was_needed()
    {
        using var posted = await SendAsync(HttpMethod.Post, Send.Task, null);
        await FinishAsync(await OpenAsync());

        using var read = await SendAsync(HttpMethod.Get, posted.Headers.Location!.ToString(), "wait=30");

        Assert.Equal("SUCCESS", (await read.JsonAsync()).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("wait=")]
    [InlineData("wait=-1")]
    [InlineData("wait=soon")]
    [InlineData("wait=1.5")]
    public async Task A_wait_of_a_wrong_form_is_400_with_its_header_and_makes_no_task(string preference)
    {
        using var answer = await SendAsync(HttpMethod.Post, Send.Task, preference);

        var fault = Assert.Single((await answer.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateArray());
        Assert.Equal("Prefer", fault.GetProperty("header").GetString());
        Assert.Equal(0, _host.Store.Accepted);
    }

    [Theory]
    [InlineData("return=minimal")]
    [InlineData("respond-async")]
    public async Task Other_preferences_are_ignored(string preference)
    {
        using var answer = await SendAsync(HttpMethod.Post, Send.Task, preference);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Preference-Applied"));
    }

    [Fact]
    public async Task A_store_that_goes_away_while_a_POST_waits_does_not_take_back_the_task()
    {
        var posting = SendAsync(HttpMethod.Post, Send.Task, "wait=30");
        await OpenAsync();
        _host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "away");

        using var answer = await posting;

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(9, 1)]
    [InlineData(30, 3)]
    [InlineData(100, 10)]
    [InlineData(86_400, 30)]
    public void An_older_task_is_to_be_asked_for_less_often(int age, int seconds)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);

        Assert.Equal(seconds, PolicySync.Host.Api.PollInterval.SecondsFor(
            new SyncTask { Id = new TaskId(1), Request = TestStore.Request, CreateTime = now.AddSeconds(-age) }, now));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string? preference)
    {
        using var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent(Send.Table, System.Text.Encoding.UTF8, "application/json");
        }

        if (preference is not null)
        {
            request.Headers.TryAddWithoutValidation("Prefer", preference);
        }

        return await _host.Client.SendAsync(request);
    }

    private async Task<SyncTask> OpenAsync()
    {
        var slice = await Wait.ForAsync(
            () => _host.Store.ListOpenAsync(null, 1, default), slice => slice.Tasks.Count == 1, TimeSpan.FromSeconds(30), _ => "no task is open");
        return (await _host.Store.FindAsync(slice.Tasks[0].Id, default))!;
    }

    private Task FinishAsync(SyncTask task) => _host.Store.FinishAsync(
        task with { Status = SyncTaskStatus.Success, Outcome = SyncTaskOutcome.Succeeded, EndTime = task.CreateTime }, default);
}
