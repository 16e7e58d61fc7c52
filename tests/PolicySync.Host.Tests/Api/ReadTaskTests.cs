using System.Net;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class ReadTaskTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_task_that_runs_shows_the_vendors_members_first_and_says_when_to_come_again()
    {
        var task = await _host.Store.AcceptAsync(TestStore.Request, default);

        using var answer = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}");

        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        var members = (await answer.JsonAsync()).EnumerateObject().Select(member => member.Name).ToArray();
        Assert.Equal(["taskId", "status", "message", "type", "createTime", "dryRun", "progress", "failures"], members);
    }

    [Fact]
    public async Task An_ended_task_shows_all_and_does_not_ask_to_come_again()
    {
        var time = new DateTimeOffset(2026, 11, 23, 10, 30, 0, TimeSpan.FromHours(1));
        var task = await _host.Store.AcceptAsync(TestStore.Request with { Event = new SyncEvent { Id = "e" } }, default);
        await _host.Store.FinishAsync(
            task with
            {
                Status = SyncTaskStatus.Failed,
                Outcome = SyncTaskOutcome.Partial,
                Message = "1 of 2 failed",
                StartTime = time,
                EndTime = DateTimeOffset.UtcNow,
                PolicyVersion = 7,
                StalePolicies = true,
                Progress = new TaskProgress { Discovered = 2, Total = 2, Done = 2, Changed = 1, Failed = 1, Gaps = 3 },
                Failures = [new TaskFailure("table", "main.s.t", SyncErrorCode.PermissionDenied, "no")],
            },
            default);

        using var answer = await _host.Client.GetAsync($"{Send.Tasks}/{task.Id}");

        Assert.Null(answer.Headers.RetryAfter);
        var shown = await answer.JsonAsync();
        Assert.Equal(
            ["taskId", "status", "message", "outcome", "type", "createTime", "startTime", "endTime", "event", "dryRun", "policyVersion", "stalePolicies", "progress", "failures"],
            shown.EnumerateObject().Select(member => member.Name));
        Assert.Equal("PARTIAL", shown.GetProperty("outcome").GetString());
        Assert.Equal("2026-11-23T09:30:00Z", shown.GetProperty("startTime").GetString());
        Assert.EndsWith("Z", shown.GetProperty("createTime").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"discovered":2,"total":2,"done":2,"changed":1,"failed":1,"skipped":0,"gaps":3,"drifted":0}""", shown.GetProperty("progress").GetRawText());
        Assert.Equal(
            """[{"type":"table","fullName":"main.s.t","code":"PERMISSION_DENIED","message":"no"}]""", shown.GetProperty("failures").GetRawText());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("574057046565109672")]
    [InlineData("0")]
    [InlineData("007")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999")]
    [InlineData("abc")]
    [InlineData("%20")]
    [InlineData("%2e%2e")]
    [InlineData("a%2Fb")]
    [InlineData("%D9%A1")] // an Arabic digit
    [InlineData("'; drop table tasks; --")]
    public async Task An_unknown_or_malformed_id_is_404(string id)
    {
        using var task = await _host.Client.GetAsync($"{Send.Tasks}/{id}");
        using var resources = await _host.Client.GetAsync($"{Send.Tasks}/{id}/resources");

        await task.ProblemAsync(HttpStatusCode.NotFound);
        await resources.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", "/policysync/api/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/policysync", HttpStatusCode.NotFound)]
    [InlineData("POST", "/policysync/api/v1/tasks", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/elsewhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "/policysync/api/v1/task", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "/policysync/api/v1/task", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/policysync/api/v1/tasks/1", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/policysync/api/v1/tasks/1/resources", HttpStatusCode.MethodNotAllowed)]
    public async Task An_unknown_address_is_answered_with_a_problem(string method, string path, HttpStatusCode status)
    {
        using var answer = await _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await answer.ProblemAsync(status);
        Assert.Equal(status == HttpStatusCode.MethodNotAllowed, answer.Content.Headers.Allow.Count > 0);
    }

    [Fact]
    public async Task Resources_come_in_pages_until_there_is_no_token()
    {
        var task = await WithResultsAsync(5);

        using var first = await _host.Client.GetAsync($"{Send.Tasks}/{task}/resources?pageSize=2");
        var token = (await first.JsonAsync()).GetProperty("nextPageToken").GetString();
        using var second = await _host.Client.GetAsync($"{Send.Tasks}/{task}/resources?pageSize=2&pageToken={token}");
        token = (await second.JsonAsync()).GetProperty("nextPageToken").GetString();
        using var last = await _host.Client.GetAsync($"{Send.Tasks}/{task}/resources?status=&pageSize=2&pageToken={token}");

        var end = await last.JsonAsync();
        Assert.False(end.TryGetProperty("nextPageToken", out _));
        Assert.Equal("main.s.t4", Assert.Single(end.GetProperty("resources").EnumerateArray()).GetProperty("fullName").GetString());
    }

    [Fact]
    public async Task Resources_can_be_asked_for_by_status_and_show_every_member()
    {
        var task = await WithResultsAsync(3);

        using var answer = await _host.Client.GetAsync($"{Send.Tasks}/{task}/resources?status=SUCCESS");

        var item = Assert.Single((await answer.JsonAsync()).GetProperty("resources").EnumerateArray());
        Assert.Equal(
            ["type", "fullName", "status", "message", "changes", "changeCount", "gaps", "gapCount", "calls", "startTime", "policyVersion", "validUntil",
                "drifted", "externalChanges", "externalChangeCount", "plannedCalls", "plannedCallCount", "truncated"],
            item.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            """[{"action":"GRANT","principal":"ann@x","privilege":"SELECT","policyId":4,"policyName":"p"}]""", item.GetProperty("changes").GetRawText());
        Assert.Equal(
            """[{"code":"PRINCIPAL_UNKNOWN","direction":"WITHHELD","principal":"bob","privilege":"SELECT","detail":"d","policyId":4}]""",
            item.GetProperty("gaps").GetRawText());
        Assert.Equal(1_500, item.GetProperty("changeCount").GetInt32());
        Assert.Equal("2026-03-02T00:00:00Z", item.GetProperty("validUntil").GetString());
        Assert.True(item.GetProperty("drifted").GetBoolean());
        Assert.Equal(
            """[{"action":"REVOKE","principal":"eve","privilege":"MODIFY","policyId":5,"taskId":"12","by":"mallory@x","at":"2026-03-01T00:00:00Z"}]""",
            item.GetProperty("externalChanges").GetRawText());
        Assert.Equal(
            """[{"method":"PATCH","path":"/a","body":{"changes":[]}},{"method":"PATCH","path":"/b","body":{},"afterChildren":true}]""",
            item.GetProperty("plannedCalls").GetRawText());
        Assert.Equal((1, 2), (item.GetProperty("externalChangeCount").GetInt32(), item.GetProperty("plannedCallCount").GetInt32()));
        Assert.True(item.GetProperty("truncated").GetBoolean());
    }

    [Theory]
    [InlineData("pageSize=ten", "pageSize")]
    [InlineData("pageSize=-1", "pageSize")]
    [InlineData("pageSize=1.5", "pageSize")]
    [InlineData("pageSize=%31%30x", "pageSize")]
    [InlineData("pageSize=1&pageSize=2", "pageSize")]
    [InlineData("status=success", "status")]
    [InlineData("status=NEW", "status")]
    [InlineData("status=0", "status")]
    [InlineData("status=SUCCESS&status=FAILED", "status")]
    [InlineData("pageToken=%00", "pageToken")]
    [InlineData("pageToken=nonsense", "pageToken")]
    [InlineData("pageToken=-1", "pageToken")]
    public async Task A_bad_query_is_400_and_names_the_parameter(string query, string parameter)
    {
        var task = await WithResultsAsync(1);

        using var answer = await _host.Client.GetAsync($"{Send.Tasks}/{task}/resources?{query}");

        Assert.Equal([parameter], (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    private async Task<TaskId> WithResultsAsync(int count)
    {
        var task = await _host.Store.AcceptAsync(TestStore.Request, default);
        await _host.Store.SaveResultsAsync(task.Id, 0, [.. Enumerable.Range(0, count).Select(Result)], default);
        return task.Id;
    }

    private static ResourceResult Result(int number) => number > 0
        ? ResourceResult.Skip("table", $"main.s.t{number}", SyncErrorCode.NotManaged, "is outside the managed set")
        : new ResourceResult
        {
            Type = "table",
            FullName = "main.s.t0",
            Status = ResourceStatus.Success,
            Message = "1 change",
            Changes = [new ResourceChange(ChangeAction.Grant, "ann@x", "SELECT", null, 4, "p")],
            ChangeCount = 1_500,
            Gaps = [new Gap(GapCode.PrincipalUnknown, GapDirection.Withheld, "bob", "SELECT", "d", 4)],
            GapCount = 1,
            Calls = 3,
            StartTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            PolicyVersion = 9,
            ValidUntil = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero),
            Drifted = true,
            ExternalChanges = [new ExternalChange(ChangeAction.Revoke, "eve", "MODIFY", 5, "12", "mallory@x", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero))],
            ExternalChangeCount = 1,
            PlannedCalls = [new PlannedCall("PATCH", "/a", """{"changes":[]}"""), new PlannedCall("PATCH", "/b", "{}") { AfterChildren = true }],
            PlannedCallCount = 2,
        };
}
