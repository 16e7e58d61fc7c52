using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

public sealed class FailureTests : IAsyncLifetime
{
    private FakeService _service = null!;

    public async Task InitializeAsync() => _service = await FakeService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_problem_document_is_an_exception_with_its_code_faults_and_trace()
    {
        _service.ThenProblem(400, "INVALID_REQUEST", ""","errors":[{"detail":"must be a string","pointer":"/type"},{"detail":"is unknown","parameter":"x"}]""");

        var failure = await Assert.ThrowsAsync<PolicySyncException>(() => _service.Client().GetAsync("42"));

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_REQUEST", "a detail", "4bf92f"), (failure.Status, failure.Code, failure.Detail, failure.TraceId));
        Assert.Equal([("/type", null), (null, "x")], failure.Faults.Select(fault => (fault.Pointer, fault.Parameter)));
        Assert.Equal("GET /policysync/api/v1/tasks/42 was answered 400 INVALID_REQUEST: a detail (trace 4bf92f)", failure.Message);
        Assert.Single(_service.Requests);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_may_pass_is_tried_again_after_what_the_service_asks_for(int status)
    {
        _service.ThenProblem(status, "X", headers: ("Retry-After", "3")).ThenTask("SUCCESS");

        await _service.Client().GetAsync("42");

        Assert.Equal([TimeSpan.FromSeconds(3)], _service.Time.Pauses);
    }

    [Fact]
    public async Task Without_Retry_After_pauses_grow_and_are_random_in_part()
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            _service.ThenProblem(503, "UNAVAILABLE");
        }

        _service.ThenTask("SUCCESS");

        await _service.Client().GetAsync("42");

        Assert.Equal(4, _service.Time.Pauses.Count);
        Assert.All(_service.Time.Pauses.Select((pause, at) => pause.TotalSeconds / (0.5 * Math.Pow(2, at))), share => Assert.InRange(share, 0.5, 1));
    }

    [Fact]
    public async Task Attempts_are_bounded_and_the_last_answer_is_the_failure()
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            _service.ThenProblem(429, "TOO_MANY_REQUESTS", headers: ("Retry-After", "2"));
        }

        var failure = await Assert.ThrowsAsync<PolicySyncException>(() => _service.Client(options => options.MaxAttempts = 3).GetAsync("42"));

        Assert.Equal(("TOO_MANY_REQUESTS", TimeSpan.FromSeconds(2)), (failure.Code, failure.RetryAfter));
        Assert.Equal(3, _service.Requests.Count);
    }

    [Fact]
    public async Task A_pause_that_is_too_long_is_left_to_the_caller()
    {
        _service.ThenProblem(503, "UNAVAILABLE", headers: ("Retry-After", "600"));

        var failure = await Assert.ThrowsAsync<PolicySyncException>(() => _service.Client().GetAsync("42"));

        Assert.Equal(TimeSpan.FromMinutes(10), failure.RetryAfter);
        Assert.Empty(_service.Time.Pauses);
    }

    [Fact]
    public async Task Without_any_answer_the_failure_is_that_of_HTTP()
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            _service.ThenNothing();
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => _service.Client(options => options.MaxAttempts = 2).GetAsync("42"));

        Assert.Equal(2, _service.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attempt_without_an_answer_or_without_its_end_is_repeated(bool begins)
    {
        _service.Then(async http =>
        {
            if (begins)
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("{");
                await http.Response.Body.FlushAsync();
            }

            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }).ThenTask("SUCCESS");

        var task = await _service.Client(options =>
        {
            options.Time = TimeProvider.System;
            options.WaitPerRequest = options.ProgressInterval = TimeSpan.FromSeconds(1);
            options.AttemptTimeout = TimeSpan.FromSeconds(1.2);
        }).GetAsync("42");

        Assert.Equal((SyncTaskStatus.Success, 2), (task.Status, _service.Requests.Count));
    }

    [Theory]
    [InlineData(404, "text/html", "<html>not here</html>")]
    [InlineData(302, "text/html", "")]
    [InlineData(400, "application/problem+json", "{")]
    [InlineData(200, "text/html", "<html>sign in</html>")]
    [InlineData(200, "application/json", "[]")]
    public async Task An_answer_of_something_else_is_reported_as_such_and_is_not_shown(int status, string type, string body)
    {
        _service.Then(status, body, type);

        var failure = await Assert.ThrowsAsync<PolicySyncException>(() => _service.Client().GetAsync("42"));

        Assert.Equal(((HttpStatusCode)status, PolicySyncException.NotFromService), (failure.Status, failure.Code));
        Assert.DoesNotContain("html", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("check the address and what is between", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_later_version_adds_does_no_harm()
    {
        _service.ThenTask("PAUSED", ""","outcome":"HALF","novelty":{"a":[1]},"failures":[{"code":"NEW_CODE"}]""");

        var task = await _service.Client().GetAsync("42");

        Assert.Equal((SyncTaskStatus.Unknown, SyncTaskOutcome.Unknown, "NEW_CODE"), (task.Status, task.Outcome, task.Failures[0].Code));
    }

    [Fact]
    public async Task Lists_and_texts_that_an_answer_does_not_have_are_empty()
    {
        _service.Then(200, "{}").Then(200, "{}").Then(200, "{}")
            .Then(200, """{"resources":[{"plannedCalls":[{}],"gaps":[{}],"changes":[{}],"externalChanges":[{}]},{}]}""")
            .Then(200, """{"tasks":[{}]}""");
        var client = _service.Client();

        Assert.Empty(await client.Tasks().ToListAsync());
        Assert.Empty(await client.Resources("42").ToListAsync());
        object[] answers = [await client.GetAsync("42"), .. await client.Resources("42").ToListAsync(), .. await client.Tasks().ToListAsync()];

        foreach (var answer in answers)
        {
            Assert.All(
                answer.GetType().GetProperties().Where(property => new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull),
                property => Assert.True(property.GetValue(answer) is not null, $"{answer.GetType().Name}.{property.Name}"));
        }

        Assert.NotNull(((SyncTask)answers[0]).Progress);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task What_would_name_another_address_is_not_an_id(string taskId)
    {
        var client = _service.Client();

        await Assert.ThrowsAsync<ArgumentException>(() => client.GetAsync(taskId));
        await Assert.ThrowsAsync<ArgumentException>(() => client.CancelAsync(taskId));
        await Assert.ThrowsAsync<ArgumentException>(() => client.RetryAsync(taskId));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Resources(taskId).ToListAsync().AsTask());

        Assert.Empty(_service.Requests);
    }

    [Fact]
    public async Task An_id_cannot_leave_its_place_in_the_path()
    {
        _service.ThenProblem(404, "NOT_FOUND");

        await Assert.ThrowsAsync<PolicySyncException>(() => _service.Client().GetAsync("../42?x=1#y"));

        Assert.Equal("GET /policysync/api/v1/tasks/..%2F42%3Fx=1%23y", Assert.Single(_service.Requests).Line);
    }
}
