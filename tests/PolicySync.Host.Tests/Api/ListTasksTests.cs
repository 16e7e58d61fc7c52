using System.Net;
using System.Text.Json;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class ListTasksTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Open_tasks_come_first_and_then_ended_ones_newest_first_page_by_page()
    {
        var ended = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            ended.Insert(0, await EndedAsync(SyncTaskStatus.Success));
        }

        var open = (await _host.Store.AcceptAsync(TestStore.Request, default)).Id.ToString();

        Assert.Equal([open, .. ended], await AllAsync("pageSize=2"));
        Assert.Equal([open, .. ended], await AllAsync(""));
    }

    [Fact]
    public async Task A_status_filters_and_an_item_shows_what_a_task_shows()
    {
        await EndedAsync(SyncTaskStatus.Success);
        var failed = await EndedAsync(SyncTaskStatus.Failed);
        var open = (await _host.Store.AcceptAsync(TestStore.Request, default)).Id.ToString();

        Assert.Equal([open], await AllAsync("status=NEW"));
        Assert.Empty(await AllAsync("status=WAITING"));
        Assert.Equal([failed], await AllAsync("status=FAILED"));
        using var answer = await _host.Client.GetAsync($"{Send.Tasks}?status=FAILED");
        var item = Assert.Single((await answer.JsonAsync()).GetProperty("tasks").EnumerateArray());
        Assert.Equal(
            ["taskId", "status", "message", "outcome", "type", "createTime", "startTime", "endTime", "resources", "resourceCount"], item.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("FAILED", "1 failed", "FAILED", "RESOURCE_SYNC"), (
            item.GetProperty("status").GetString(), item.GetProperty("message").GetString(),
            item.GetProperty("outcome").GetString(), item.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("status=DONE", "status")]
    [InlineData("status=success", "status")]
    [InlineData("pageSize=ten", "pageSize")]
    [InlineData("pageSize=%2B5", "pageSize")]
    [InlineData("pageSize=-1", "pageSize")]
    [InlineData("status=NEW&status=FAILED", "status")]
    [InlineData("pageToken=x", "pageToken")]
    [InlineData("pageToken=AAAAAAAAAAAAAAA", "pageToken")]
    [InlineData("pageToken=AQAC___________", "pageToken")]
    public async Task A_wrong_query_is_refused_with_its_parameter(string query, string parameter)
    {
        using var answer = await _host.Client.GetAsync($"{Send.Tasks}?{query}");

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(parameter, problem.GetProperty("errors")[0].GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task A_token_of_one_filter_is_refused_with_another()
    {
        await EndedAsync(SyncTaskStatus.Success);
        await EndedAsync(SyncTaskStatus.Success);
        using var first = await _host.Client.GetAsync($"{Send.Tasks}?pageSize=1&status=SUCCESS");
        var token = (await first.JsonAsync()).GetProperty("nextPageToken").GetString();

        using var same = await _host.Client.GetAsync($"{Send.Tasks}?pageSize=1&status=SUCCESS&pageToken={token}");
        using var other = await _host.Client.GetAsync($"{Send.Tasks}?pageSize=1&pageToken={token}");

        Assert.Single((await same.JsonAsync()).GetProperty("tasks").EnumerateArray());
        await other.ProblemAsync(HttpStatusCode.BadRequest);
    }

    private async Task<List<string>> AllAsync(string query)
    {
        var all = new List<string>();
        string? token = null;
        do
        {
            using var answer = await _host.Client.GetAsync($"{Send.Tasks}?{query}{(token is null ? "" : $"&pageToken={token}")}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = await answer.JsonAsync();
            all.AddRange(page.GetProperty("tasks").EnumerateArray().Select(item => item.GetProperty("taskId").GetString()!));
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        return all;
    }

    private async Task<string> EndedAsync(SyncTaskStatus status)
    {
        var task = await _host.Store.AcceptAsync(TestStore.Request, default);
        await _host.Store.FinishAsync(
            task with
            {
                Status = status,
                Outcome = status == SyncTaskStatus.Success ? SyncTaskOutcome.Succeeded : SyncTaskOutcome.Failed,
                Message = "1 failed",
                StartTime = task.CreateTime,
                EndTime = DateTimeOffset.UtcNow,
            },
            default);
        return task.Id.ToString();
    }
}
