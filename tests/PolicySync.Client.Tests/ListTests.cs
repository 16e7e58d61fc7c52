using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

public sealed class ListTests : IAsyncLifetime
{
    private FakeService _service = null!;

    public async Task InitializeAsync() => _service = await FakeService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Items_of_all_pages_are_enumerated_and_an_empty_page_ends_nothing()
    {
        _service.Then(200, """{"tasks":[{"taskId":"1"}],"nextPageToken":"a b"}""")
            .Then(200, """{"tasks":[],"nextPageToken":"c"}""")
            .Then(200, """{"tasks":[{"taskId":"2"}]}""");

        var ids = new List<string>();
        await foreach (var task in _service.Client().Tasks())
        {
            ids.Add(task.TaskId);
        }

        Assert.Equal(["1", "2"], ids);
        Assert.Equal(
            ["", "?pageToken=a%20b", "?pageToken=c"], _service.Requests.Select(request => request.Line["GET /policysync/api/v1/tasks".Length..]));
    }

    [Fact]
    public async Task Pages_are_read_one_at_a_time_and_can_be_continued()
    {
        _service.Then(200, """{"resources":[{"fullName":"a"}],"nextPageToken":"t2"}""");

        await foreach (var page in _service.Client().Resources("42", new ResourceFilter { PageSize = 1 }).AsPages("t1"))
        {
            Assert.Equal(("a", "t2"), (page.Items.Single().FullName, page.NextPageToken));
            break;
        }

        Assert.Equal("GET /policysync/api/v1/tasks/42/resources?pageSize=1&pageToken=t1", Assert.Single(_service.Requests).Line);
    }

    [Fact]
    public async Task Filters_are_sent_by_their_names_on_the_wire()
    {
        _service.Then(200, """{"tasks":[]}""").Then(200, """{"resources":[]}""");
        var client = _service.Client();

        await client.Tasks(new TaskFilter
        {
            Status = SyncTaskStatus.InProgress, Outcome = SyncTaskOutcome.SucceededWithGaps, Type = "VERIFY", Source = "schedule", RequestedBy = "mia",
            Securable = "table main.sales.customers", From = new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.FromHours(2)), PageSize = 5,
        }).ToListAsync();
        await client.Resources("42", new ResourceFilter { Status = ResourceStatus.Failed, Drifted = true, Changed = false, Code = "OWNER_ACCESS" }).ToListAsync();

        Assert.Equal(
            [
                "GET /policysync/api/v1/tasks?status=INPROGRESS&outcome=SUCCEEDED_WITH_GAPS&type=VERIFY&source=schedule&requestedBy=mia"
                    + "&securable=table main.sales.customers&from=2026-11-30T10:00:00.0000000Z&pageSize=5",
                "GET /policysync/api/v1/tasks/42/resources?status=FAILED&drifted=true&changed=false&code=OWNER_ACCESS",
            ],
            _service.Requests.Select(request => Uri.UnescapeDataString(request.Line)));
    }

    [Fact]
    public async Task A_status_that_is_not_known_is_not_a_filter()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(
            () => _service.Client().Tasks(new TaskFilter { Status = SyncTaskStatus.Unknown }).ToListAsync().AsTask());

        Assert.Contains("SyncTaskStatus.Unknown cannot be sent", failure.Message, StringComparison.Ordinal);
    }
}
