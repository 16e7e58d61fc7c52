using System.Net;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>Cancel and retry by HTTP. What a cancel does to a task, the tests of the grains show.</summary>
public sealed class TaskActionTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_cancel_is_202_with_the_task_while_securables_in_work_come_to_their_end()
    {
        var open = (await _host.Store.AcceptAsync(TestStore.Request, default)).Id;

        using var answer = await _host.Client.ActAsync($"{Send.Tasks}/{open}:cancel");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"{Send.Tasks}/{open}", answer.Headers.Location?.ToString());
        Assert.NotNull(answer.Headers.RetryAfter);
        var task = await answer.JsonAsync();
        Assert.Equal(["taskId", "status", "message"], task.EnumerateObject().Select(member => member.Name).Take(3));
        Assert.True(task.TryGetProperty("cancelRequestTime", out _));
    }

    [Fact]
    public async Task A_cancel_of_an_ended_task_is_200_and_changes_nothing()
    {
        var failed = await EndedAsync(failures: 1);

        using var answer = await _host.Client.ActAsync($"{Send.Tasks}/{failed}:cancel");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("PARTIAL", (await answer.JsonAsync()).GetProperty("outcome").GetString());
        Assert.False((await answer.JsonAsync()).TryGetProperty("cancelRequestTime", out _));
    }

    [Fact]
    public async Task A_retry_is_a_new_task_of_the_failed_securables_linked_both_ways()
    {
        var failed = await EndedAsync(failures: 3);

        using var answer = await _host.Client.ActAsync($"{Send.Tasks}/{failed}:retry");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var accepted = await answer.JsonAsync();
        Assert.Equal(["taskId", "status", "message", "retryOf"], accepted.EnumerateObject().Select(member => member.Name));
        Assert.Equal(failed.ToString(), accepted.GetProperty("retryOf").GetString());
        Assert.Equal(["view main.s.t0", "view main.s.t1", "view main.s.t2"], _host.Store.LastRequest!.Resources.Select(TaskSummary.NameOf));
        var id = accepted.GetProperty("taskId").GetString();
        Assert.Equal(id, (await ReadAsync(failed.ToString())).GetProperty("retriedBy").GetString());
        Assert.Equal(failed.ToString(), (await ReadAsync(id!)).GetProperty("retryOf").GetString());
    }

    [Fact]
    public async Task A_retry_of_a_self_only_container_is_self_only()
    {
        var task = await _host.Store.AcceptAsync(TestStore.Request, default);
        await _host.Store.SaveResultsAsync(
            task.Id, 0,
            [
                new ResourceResult { Type = "catalog", FullName = "main", Status = ResourceStatus.Failed, Message = "m", SelfOnly = true },
                new ResourceResult { Type = "schema", FullName = "main.s", Status = ResourceStatus.Failed, Message = "m" },
            ],
            default);
        await _host.Store.FinishAsync(
            task with { Status = SyncTaskStatus.Failed, Outcome = SyncTaskOutcome.Failed, Progress = new TaskProgress { Discovered = 2, Total = 2, Done = 2, Failed = 2 } }, default);

        using var answer = await _host.Client.ActAsync($"{Send.Tasks}/{task.Id}:retry");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal([("catalog main", true), ("schema main.s", false)], _host.Store.LastRequest!.Resources.Select(one => (TaskSummary.NameOf(one), one.SelfOnly)));
        using var results = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}/resources");
        Assert.Equal([true, false], (await results.JsonAsync()).GetProperty("resources").EnumerateArray().Select(one => one.TryGetProperty("selfOnly", out var self) && self.GetBoolean()));
    }

    [Fact]
    public async Task While_a_retry_is_under_way_another_gives_the_same_task_and_afterwards_a_new_one()
    {
        var failed = await EndedAsync(failures: 1);
        using var first = await _host.Client.ActAsync($"{Send.Tasks}/{failed}:retry");
        using var second = await _host.Client.ActAsync($"{Send.Tasks}/{failed}:retry");
        await _host.Store.FinishAllAsync();
        using var third = await _host.Client.ActAsync($"{Send.Tasks}/{failed}:retry");

        Assert.Equal(await IdAsync(first), await IdAsync(second));
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.NotEqual(await IdAsync(first), await IdAsync(third));
        Assert.Equal(await IdAsync(third), (await ReadAsync(failed.ToString())).GetProperty("retriedBy").GetString());
    }

    [Fact]
    public async Task With_a_key_a_retry_is_one_task_however_often_it_is_sent()
    {
        var failed = await EndedAsync(failures: 1);
        using var keyed = _host.ClientWith(_host.Signer.Token());
        keyed.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        using var first = await keyed.ActAsync($"{Send.Tasks}/{failed}:retry");
        await _host.Store.FinishAllAsync();
        using var second = await keyed.ActAsync($"{Send.Tasks}/{failed}:retry");

        Assert.Equal(await IdAsync(first), await IdAsync(second));
    }

    [Fact]
    public async Task A_task_that_ended_before_it_had_met_everything_is_repeated_as_a_whole()
    {
        var task = await _host.Store.AcceptAsync(TestStore.Request with { DryRun = true }, default);
        await _host.Store.FinishAsync(
            task with
            {
                Status = SyncTaskStatus.Failed, Outcome = SyncTaskOutcome.Cancelled, EndTime = DateTimeOffset.UtcNow,
                Progress = new TaskProgress { Discovered = 9, Done = 4 },
            }, default);

        using var answer = await _host.Client.ActAsync($"{Send.Tasks}/{task.Id}:retry");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(("catalog main", true), (TaskSummary.NameOf(_host.Store.LastRequest!.Resources.Single()), _host.Store.LastRequest.DryRun));
    }

    [Fact]
    public async Task A_task_that_still_runs_or_in_which_nothing_failed_cannot_be_retried()
    {
        var open = (await _host.Store.AcceptAsync(TestStore.Request, default)).Id;
        var good = await EndedAsync(failures: 0);

        using var running = await _host.Client.ActAsync($"{Send.Tasks}/{open}:retry");
        using var nothing = await _host.Client.ActAsync($"{Send.Tasks}/{good}:retry");

        Assert.Equal("TASK_NOT_ENDED", (await running.ProblemAsync(HttpStatusCode.Conflict)).GetProperty("code").GetString());
        Assert.Equal("NOTHING_TO_RETRY", (await nothing.ProblemAsync(HttpStatusCode.Conflict)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("1:cancel")]
    [InlineData("abc:cancel")]
    [InlineData("1:retry")]
    [InlineData("007:retry")]
    public async Task There_is_nothing_to_do_with_a_task_that_does_not_exist(string address)
    {
        using var answer = await _host.Client.ActAsync($"{Send.Tasks}/{address}");

        Assert.Equal("NOT_FOUND", (await answer.ProblemAsync(HttpStatusCode.NotFound)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("tasks?securable=main sales", "securable")]
    [InlineData("tasks?securable=table main", "securable")]
    [InlineData("tasks?from=2026-11-01", "from")]
    [InlineData("tasks?to=yesterday", "to")]
    [InlineData("tasks?from=2026-11-01T00:00:00", "from")]
    [InlineData("tasks?outcome=GOOD", "outcome")]
    [InlineData("tasks/1/resources?drifted=1", "drifted")]
    [InlineData("tasks/1/resources?code=OWNER", "code")]
    public async Task A_filter_that_is_not_well_formed_is_400(string address, string parameter)
    {
        using var answer = await _host.Client.GetAsync($"/policysync/api/v1/{address}");

        Assert.Equal([parameter], (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    [Fact]
    public async Task Tasks_are_found_by_securable_subject_and_time_and_open_ones_come_first_newest_first()
    {
        var ended = await EndedAsync(failures: 1);
        var open = new List<string>();
        foreach (var subject in new[] { "ann", "bob", "ann" })
        {
            open.Insert(0, (await _host.Store.AcceptAsync(TestStore.Request with { Subject = subject }, default)).Id.ToString());
        }

        Assert.Equal([.. open, ended.ToString()], await ListAsync("securable=main"));
        Assert.Equal([.. open, ended.ToString()], await ListAsync("securable=catalog%20MAIN&from=2020-01-01T00:00:00Z"));
        Assert.Equal([open[0], open[2]], await ListAsync("requestedBy=ann"));
        Assert.Empty(await ListAsync("securable=main.sales"));
        Assert.Empty(await ListAsync("to=2020-01-01T00:00:00%2B01:00"));
        Assert.Equal([ended.ToString()], await ListAsync("outcome=PARTIAL"));
    }

    private async Task<List<string?>> ListAsync(string query)
    {
        var ids = new List<string?>();
        string? token = null;
        do
        {
            using var answer = await _host.Client.GetAsync($"{Send.Tasks}?{query}&pageSize=2{(token is null ? "" : $"&pageToken={token}")}");
            var page = await answer.JsonAsync();
            ids.AddRange(page.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("taskId").GetString()));
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        return ids;
    }

    private async Task<TaskId> EndedAsync(int failures)
    {
        var task = await _host.Store.AcceptAsync(TestStore.Request, default);
        await _host.Store.SaveResultsAsync(task.Id, 0,
        [
            ResourceResult.Skip("catalog", "main", SyncErrorCode.NotManaged, "no"),
            .. Enumerable.Range(0, failures).Select(n => ResourceResult.Skip("view", $"main.s.t{n}", SyncErrorCode.PermissionDenied, "no") with { Status = ResourceStatus.Failed }),
        ], default);
        await _host.Store.FinishAsync(
            task with
            {
                Status = failures > 0 ? SyncTaskStatus.Failed : SyncTaskStatus.Success,
                Outcome = failures > 0 ? SyncTaskOutcome.Partial : SyncTaskOutcome.Succeeded,
                EndTime = DateTimeOffset.UtcNow,
                Progress = new TaskProgress { Discovered = failures + 1, Total = failures + 1, Done = failures + 1, Failed = failures, Skipped = 1 },
            }, default);
        return task.Id;
    }

    private async Task<JsonElement> ReadAsync(string id)
    {
        using var answer = await _host.Client.GetAsync($"{Send.Tasks}/{id}");
        return await answer.JsonAsync();
    }

    private static async Task<string?> IdAsync(HttpResponseMessage answer) => (await answer.JsonAsync()).GetProperty("taskId").GetString();
}
