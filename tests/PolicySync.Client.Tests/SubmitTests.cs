using System.Text.Json;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

public sealed class SubmitTests : IAsyncLifetime
{
    private static readonly Securable Customers = Securable.Table("main", "sales", "customers");

    private FakeService _service = null!;

    public async Task InitializeAsync() => _service = await FakeService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_request_is_sent_as_the_API_has_it_and_what_is_not_set_is_left_out()
    {
        _service.ThenTask("NEW", answer: 202);

        var task = await _service.Client().SubmitAsync(TaskRequest.Sync(Customers));

        Assert.Equal(("42", SyncTaskStatus.New, "m"), (task.TaskId, task.Status, task.Message));
        var request = Assert.Single(_service.Requests);
        Assert.Equal("POST /policysync/api/v1/task", request.Line);
        Assert.Equal("Bearer t1", request.Header("Authorization"));
        Assert.Equal("application/json; charset=utf-8", request.Header("Content-Type"));
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse(
                """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]}}"""),
            JsonElement.Parse(request.Body)));
    }

    [Fact]
    public async Task A_container_by_itself_is_sent_as_selfOnly()
    {
        _service.ThenTask("NEW", answer: 202);

        await _service.Client().SubmitAsync(TaskRequest.Sync(Securable.Schema("main", "sales") with { SelfOnly = true }));

        Assert.Contains("\"selfOnly\":true", Assert.Single(_service.Requests).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "RESOURCE_SYNC")]
    [InlineData(null, "VERIFY")]
    public async Task A_dry_run_and_a_verification_say_what_they_are(bool? dryRun, string type)
    {
        _service.ThenTask("NEW", answer: 202);

        await _service.Client().SubmitAsync(dryRun is true ? TaskRequest.DryRun(Customers) : TaskRequest.Verify(Customers));

        var sent = JsonElement.Parse(Assert.Single(_service.Requests).Body);
        Assert.Equal(type, sent.GetProperty("type").GetString());
        Assert.Equal(dryRun, sent.GetProperty("requestInfo").TryGetProperty("dryRun", out var flag) ? flag.GetBoolean() : null);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_has_the_key_and_the_body_of_the_first()
    {
        _service.ThenProblem(503, "UNAVAILABLE", headers: ("Retry-After", "7")).ThenNothing().ThenTask("NEW", answer: 202);

        await _service.Client().SubmitAsync(TaskRequest.Sync(Customers));

        Assert.Equal(3, _service.Requests.Count);
        Assert.Single(_service.Requests.Select(request => (request.Header("Idempotency-Key"), request.Body)).Distinct());
        Assert.Equal(32, _service.Requests.First().Header("Idempotency-Key")!.Length);
        Assert.Equal(TimeSpan.FromSeconds(7), _service.Time.Pauses[0]);
    }

    [Fact]
    public async Task Two_calls_have_two_keys_and_a_key_of_the_caller_is_sent_as_it_is()
    {
        _service.ThenTask("NEW", answer: 202).ThenTask("NEW", answer: 202).ThenTask("NEW", answer: 202);
        var client = _service.Client();

        await client.SubmitAsync(TaskRequest.Sync(Customers));
        await client.SubmitAsync(TaskRequest.Sync(Customers));
        await client.SubmitAsync(TaskRequest.Sync(Customers), "nightly-2026-11-30");

        var keys = _service.Requests.Select(request => request.Header("Idempotency-Key")).ToList();
        Assert.NotEqual(keys[0], keys[1]);
        Assert.Equal("nightly-2026-11-30", keys[2]);
    }

    [Fact]
    public async Task A_run_whose_task_ends_within_the_wait_is_one_request()
    {
        _service.ThenTask("SUCCESS", ""","outcome":"SUCCEEDED_WITH_GAPS","progress":{"done":3,"total":3}""");

        var task = await _service.Client().RunAsync(TaskRequest.Sync(Customers));

        Assert.Equal((SyncTaskOutcome.SucceededWithGaps, 3L), (task.Outcome, task.Progress.Done));
        Assert.Equal("wait=30", Assert.Single(_service.Requests).Header("Prefer"));
    }

    [Fact]
    public async Task A_run_whose_task_takes_longer_goes_over_to_waiting()
    {
        _service.ThenTask("INPROGRESS", answer: 202).ThenTask("INPROGRESS").ThenTask("FAILED");

        var task = await _service.Client().RunAsync(TaskRequest.Sync(Customers));

        Assert.Equal(SyncTaskStatus.Failed, task.Status);
        Assert.Equal(
            ["POST /policysync/api/v1/task", "GET /policysync/api/v1/tasks/42", "GET /policysync/api/v1/tasks/42"],
            _service.Requests.Select(request => request.Line));
    }

    [Fact]
    public async Task A_retry_of_a_task_has_a_key_and_names_the_task_that_it_repeats()
    {
        _service.Then(202, """{"taskId":"43","status":"NEW","message":"m","retryOf":"42"}""");

        var task = await _service.Client().RetryAsync("42");

        Assert.Equal(("43", "42"), (task.TaskId, task.RetryOf));
        var request = Assert.Single(_service.Requests);
        Assert.Equal("POST /policysync/api/v1/tasks/42:retry", request.Line);
        Assert.NotNull(request.Header("Idempotency-Key"));
    }

    [Fact]
    public async Task A_cancel_waits_and_returns_the_task()
    {
        _service.ThenTask("FAILED", ""","outcome":"CANCELLED","cancelRequestedBy":"mia","cancelRequestTime":"2026-11-30T10:00:00Z"}"""[..^1]);

        var task = await _service.Client().CancelAsync("42");

        Assert.Equal((SyncTaskOutcome.Cancelled, "mia"), (task.Outcome, task.CancelRequestedBy));
        var request = Assert.Single(_service.Requests);
        Assert.Equal(("POST /policysync/api/v1/tasks/42:cancel", "wait=30"), (request.Line, request.Header("Prefer")));
    }
}
