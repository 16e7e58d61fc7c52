using System.Net;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

public sealed class TaskPagesTests : PageTest
{
    [Fact]
    public async Task Without_tasks_the_list_says_what_to_do_next()
    {
        Assert.Contains("New dry run", await OpenAsync("/ui/tasks"), StringComparison.Ordinal);
        Assert.DoesNotContain("New dry run", await OpenAsync("/ui/tasks", "policysync.read"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_filtered_as_the_API_does_it_and_pages_follow_each_other()
    {
        for (var n = 0; n < 60; n++)
        {
            (await Host.Client.PostAsync(Send.Table)).EnsureSuccessStatusCode();
        }

        var browser = await SignedInAsync();
        var first = await browser.OpenAsync("/ui/tasks?type=RESOURCE_SYNC");
        var next = WebUtility.HtmlDecode(first.Split("rel=\"next\" href=\"")[1].Split('"')[0]);
        var second = await browser.OpenAsync("/ui/tasks" + next);
        var none = await browser.OpenAsync("/ui/tasks?outcome=Cancelled");

        Assert.Equal((50, 10), (Rows(first), Rows(second)));
        Assert.StartsWith("?type=RESOURCE_SYNC&page=", next, StringComparison.Ordinal);
        Assert.Contains("No task matches the filter", none, StringComparison.Ordinal);

        static int Rows(string page) => page.Split("<tr><th scope=\"row\"").Length - 1;
    }

    [Theory]
    [InlineData("?status=Nonsense")]
    [InlineData("?status=1")]
    [InlineData("?from=yesterday")]
    [InlineData("?page=nonsense")]
    public async Task A_filter_that_is_none_is_refused_with_a_page(string query)
    {
        var page = await (await SignedInAsync()).OpenAsync($"/ui/tasks{query}", HttpStatusCode.BadRequest);

        Assert.Contains("INVALID_REQUEST", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_is_made_by_the_form_once_however_often_it_is_sent()
    {
        var browser = await SignedInAsync();
        var form = await browser.OpenAsync("/ui/tasks/new?type=schema&name=main.sales&kind=dry");
        var key = form.Split("name=\"key\" value=\"").Select(part => part.Split('"')[0]).Last();

        using var made = await browser.SubmitAsync("/ui/tasks", ("type", "schema"), ("name", "main.sales"), ("kind", "dry"), ("key", key));
        using var again = await browser.SubmitAsync("/ui/tasks", ("type", "schema"), ("name", "main.sales"), ("kind", "dry"), ("key", key));

        Assert.Equal(made.LeadsTo(), again.LeadsTo());
        Assert.Equal(1, Host.Store.Accepted);
        Assert.True(Host.Store.LastRequest!.DryRun);
        Assert.Contains("schema</span> <bdi class=\"name\">main.sales", await browser.OpenAsync("/ui/tasks"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sync", "RESOURCE_SYNC", false)]
    [InlineData("verify", "VERIFY", false)]
    public async Task The_form_makes_each_kind_of_task(string kind, string type, bool dryRun)
    {
        var browser = await SignedInAsync();

        using var made = await browser.SubmitAsync("/ui/tasks", ("type", "table"), ("name", "main.sales.`a.b`"), ("kind", kind), ("allowRevoke", "yes"));

        Assert.StartsWith("/ui/tasks/", made.LeadsTo(), StringComparison.Ordinal);
        var request = Host.Store.LastRequest!;
        Assert.Equal((type, dryRun, "a.b"), (request.Type, request.DryRun, request.Resources[0].Values["table"]));
    }

    [Theory]
    [InlineData("table", "main", "write CATALOG.SCHEMA.TABLE")]
    [InlineData("nonsense", "main", "is not a type")]
    [InlineData("table", "", "The name is missing")]
    public async Task What_is_no_securable_makes_no_task(string type, string name, string why)
    {
        var browser = await SignedInAsync();

        using var answer = await browser.SubmitAsync("/ui/tasks", ("type", type), ("name", name), ("kind", "dry"));

        Assert.Contains(why, Pages.Words(await answer.PageAsync(HttpStatusCode.BadRequest)), StringComparison.Ordinal);
        Assert.Equal(0, Host.Store.Accepted);
    }

    [Fact]
    public async Task An_open_task_can_be_followed_and_cancelled()
    {
        var task = await Host.Store.AcceptAsync(TestStore.Request, default);
        var browser = await SignedInAsync();

        var page = await browser.OpenAsync($"/ui/tasks/{task.Id}");
        using var cancelled = await browser.SubmitAsync($"/ui/tasks/{task.Id}/cancel");
        var after = await browser.OpenAsync(cancelled.LeadsTo());

        Assert.Contains($"data-events=\"/ui/tasks/{task.Id}/events\"", page, StringComparison.Ordinal);
        Assert.Contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>", page, StringComparison.Ordinal);
        Assert.Contains("Cancel task", page, StringComparison.Ordinal);
        Assert.Contains("The task was asked to stop.", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_of_a_task_reaches_a_browser_without_results()
    {
        var task = await Host.Store.AcceptAsync(TestStore.Request, default);
        await Host.Store.SaveResultsAsync(task.Id, 0, [Result(ResourceStatus.Success)], default);
        await Host.Store.FinishAllAsync();

        using var answer = await (await SignedInAsync()).GetAsync($"/ui/tasks/{task.Id}/events");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("event: status", text, StringComparison.Ordinal);
        Assert.DoesNotContain("event: result", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_show_changes_gaps_errors_and_what_to_do()
    {
        var task = await Host.Store.AcceptAsync(TestStore.Request, default);
        await Host.Store.SaveResultsAsync(task.Id, 0, [Result(ResourceStatus.Success), Result(ResourceStatus.Failed)], default);
        await Host.Store.FinishAsync(
            task with { Status = SyncTaskStatus.Failed, Outcome = SyncTaskOutcome.Partial, EndTime = task.CreateTime, Progress = new TaskProgress { Discovered = 2, Done = 2, Failed = 1 } }, default);
        var browser = await SignedInAsync();

        var page = await browser.OpenAsync($"/ui/tasks/{task.Id}");
        var failed = await browser.OpenAsync($"/ui/tasks/{task.Id}?status=Failed");
        using var retried = await browser.SubmitAsync($"/ui/tasks/{task.Id}/retry");

        var words = Pages.Words(page);
        Assert.Contains("+ grant SELECT to", words, StringComparison.Ordinal);
        Assert.Contains("GROUP_WITHHELD", words, StringComparison.Ordinal);
        Assert.Contains("Make a group without the denied members, or raise the limit.", words, StringComparison.Ordinal);
        Assert.Contains("PERMISSION_DENIED", words, StringComparison.Ordinal);
        Assert.Contains("Retry what failed", words, StringComparison.Ordinal);
        Assert.DoesNotContain(Hostile, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.Equal(1, failed.Split("<article").Length - 1);
        Assert.StartsWith("/ui/tasks/", retried.LeadsTo(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ui/tasks/1")]
    [InlineData("/ui/tasks/nonsense")]
    [InlineData("/ui/tasks/%2F..")]
    public async Task A_task_that_is_not_there_is_a_page_of_404(string path)
    {
        var page = await (await SignedInAsync()).OpenAsync(path, HttpStatusCode.NotFound);

        Assert.Contains("NOT_FOUND", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_does_not_answer_is_a_page_that_says_so()
    {
        var browser = await SignedInAsync();
        Host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "out");

        using var answer = await browser.GetAsync("/ui/tasks");

        var page = await answer.PageAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("Send the request again after", page, StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static ResourceResult Result(ResourceStatus status) => new()
    {
        Type = "table",
        FullName = $"main.s.{Hostile}",
        Status = status,
        Message = "done",
        Changes = [new ResourceChange(ChangeAction.Grant, Hostile, "SELECT", null, 7, "sales")],
        ChangeCount = 1,
        Gaps = [new Gap(GapCode.GroupWithheld, GapDirection.Withheld, "staff", "SELECT", "why `it` is", 7)],
        GapCount = 1,
        Error = status == ResourceStatus.Failed ? new ResultError(SyncErrorCode.PermissionDenied, "refused") : null,
    };
}
