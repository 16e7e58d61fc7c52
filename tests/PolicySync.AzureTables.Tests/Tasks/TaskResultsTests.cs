using Azure.Data.Tables;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class TaskResultsTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly TaskId Id = TaskId.Create(DateTimeOffset.Parse("2026-11-23T12:00:00Z"), 3, 77);

    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_result_is_read_back_completely()
    {
        var result = new ResourceResult
        {
            Type = "view",
            FullName = "main.продажи.заказы",
            Status = ResourceStatus.Failed,
            Message = "not verified",
            Changes = [new ResourceChange(ChangeAction.SetMask, "ann@x.io", "SELECT", "e_mail", 7, "masks")],
            ChangeCount = 3,
            Gaps = [new Gap(GapCode.GroupExpanded, GapDirection.Withheld, "sales", "SELECT", "ann is denied", 9)],
            GapCount = 1,
            Error = new ResultError(SyncErrorCode.NotVerified, "after 60 s"),
            Calls = 4,
            StartTime = DateTimeOffset.Parse("2026-11-23T12:00:01.123Z"),
            EndTime = DateTimeOffset.Parse("2026-11-23T12:00:02Z"),
            PolicyVersion = 12,
        };
        await _account.TaskStore().SaveResultsAsync(Id, 0, [result], default);

        var read = Assert.Single((await ReadAsync()).Resources);
        Assert.Equivalent(result, read, strict: true);
        Assert.True(read.Truncated);
    }

    [Fact]
    public async Task Results_are_paged_in_the_order_of_processing()
    {
        await _account.TaskStore().SaveResultsAsync(Id, 0, Results(0, 1_050), default);

        var names = new List<string>();
        var sizes = new List<int>();
        for (string? token = null; ;)
        {
            var page = await ReadAsync(pageSize: 400, token: token);
            names.AddRange(page.Resources.Select(result => result.FullName));
            sizes.Add(page.Resources.Count);
            token = page.NextPageToken;
            if (token is null)
            {
                break;
            }
        }

        Assert.Equal([400, 400, 250], sizes);
        Assert.Equal(Enumerable.Range(0, 1_050).Select(n => $"main.s.t{n}"), names);
    }

    [Theory]
    [InlineData(10, 10, false)]
    [InlineData(10, 9, true)]
    [InlineData(1_000, 1_000, false)]
    [InlineData(1_001, 1_000, true)]
    public async Task A_last_page_that_is_exactly_full_has_no_token(int count, int pageSize, bool more)
    {
        await _account.TaskStore().SaveResultsAsync(Id, 0, Results(0, count), default);
        var page = await ReadAsync(pageSize: pageSize);

        Assert.Equal(Math.Min(count, pageSize), page.Resources.Count);
        Assert.Equal(more, page.NextPageToken is not null);
    }

    [Fact]
    public async Task Only_results_of_the_requested_status_are_returned_and_counted_in_pages()
    {
        await _account.TaskStore().SaveResultsAsync(Id, 0, Results(0, 100), default);

        var first = await ReadAsync(ResourceStatus.Failed, pageSize: 6);
        var second = await ReadAsync(ResourceStatus.Failed, pageSize: 6, token: first.NextPageToken);
        Assert.Equal(10, first.Resources.Count + second.Resources.Count);
        Assert.All(first.Resources.Concat(second.Resources), result => Assert.Equal(ResourceStatus.Failed, result.Status));
        Assert.Null(second.NextPageToken);
        Assert.Equal(90, (await ReadAsync(ResourceStatus.Success)).Resources.Count);
        Assert.Empty((await ReadAsync(ResourceStatus.Skipped)).Resources);
    }

    [Fact]
    public async Task A_window_that_runs_twice_is_listed_once_with_the_results_of_the_later_run()
    {
        var store = _account.TaskStore();
        await store.SaveResultsAsync(Id, 0, Results(0, 250), default);
        await store.SaveResultsAsync(Id, 200, [.. Results(200, 100).Select(result => result with { Message = "again" })], default);

        var all = (await ReadAsync(pageSize: 1000)).Resources;
        Assert.Equal(Enumerable.Range(0, 300).Select(n => $"main.s.t{n}"), all.Select(result => result.FullName));
        Assert.Equal(100, all.Count(result => result.Message == "again"));
    }

    [Fact]
    public async Task A_task_without_results_has_an_empty_page() => Assert.Empty((await ReadAsync()).Resources);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not a token")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!")]
    public async Task A_token_that_was_not_issued_is_refused(string token) =>
        await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync(token: token));

    [Fact]
    public async Task A_token_of_another_task_or_another_filter_is_refused()
    {
        var store = _account.TaskStore();
        await store.SaveResultsAsync(Id, 0, Results(0, 20), default);
        var token = (await ReadAsync(pageSize: 5)).NextPageToken;

        await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync(ResourceStatus.Failed, token: token));
        await Assert.ThrowsAsync<ArgumentException>(
            () => store.ReadResultsAsync(new TaskId(Id.Value + 1), ResultFilter.All, 5, token, default));
    }

    [Fact]
    public async Task A_thousand_changes_and_gaps_are_stored_completely()
    {
        var result = Long(count: 1_000, text: 200);
        await _account.TaskStore().SaveResultsAsync(Id, 0, Enumerable.Repeat(result, 12).ToList(), default);

        var page = await ReadAsync();
        Assert.All(page.Resources, read => Assert.Equal((1_000, 1_000, false), (read.Changes.Count, read.Gaps.Count, read.Truncated)));
    }

    [Fact]
    public async Task A_result_larger_than_a_row_is_truncated_with_exact_counts_and_marked_as_such()
    {
        await _account.TaskStore().SaveResultsAsync(Id, 0, [Long(count: 1_000, text: 2_000)], default);

        var read = Assert.Single((await ReadAsync()).Resources);
        Assert.True(read.Truncated);
        Assert.InRange(read.Changes.Count, 100, 999);
        Assert.Equal((1_000, 1_000), (read.ChangeCount, read.GapCount));
    }

    [Fact]
    public async Task A_page_of_very_long_results_ends_early_and_its_token_continues()
    {
        var store = _account.TaskStore();
        var results = Enumerable.Repeat(Long(count: 1_000, text: 600), 20).ToList();
        await store.SaveResultsAsync(Id, 0, results, default);

        var (read, pages) = (0, 0);
        string? token = null;
        do
        {
            var page = await ReadAsync(token: token);
            read += page.Resources.Count;
            pages++;
            token = page.NextPageToken;
        }
        while (token is not null);

        Assert.Equal(20, read);
        Assert.InRange(pages, 2, 20);
    }

    private Task<ResultPage> ReadAsync(ResourceStatus? status = null, int pageSize = 100, string? token = null) =>
        _account.TaskStore().ReadResultsAsync(Id, ResultFilter.Of(status), pageSize, token, default);

    /// <summary>Results of which every tenth failed.</summary>
    private static List<ResourceResult> Results(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(n => new ResourceResult
        {
            Type = "table",
            FullName = $"main.s.t{n}",
            Status = n % 10 == 9 ? ResourceStatus.Failed : ResourceStatus.Success,
            Message = "done",
        })];

    private static ResourceResult Long(int count, int text)
    {
        var random = new Random(7);
        string Noise() => string.Concat(Enumerable.Range(0, text).Select(_ => (char)random.Next('#', '[')));
        return new ResourceResult
        {
            Type = "table",
            FullName = "main.s.t",
            Status = ResourceStatus.Success,
            Message = "done",
            Changes = [.. Enumerable.Range(0, count).Select(n => new ResourceChange(ChangeAction.Grant, Noise(), "SELECT", null, n, "p"))],
            ChangeCount = count,
            Gaps = [.. Enumerable.Range(0, count).Select(n => new Gap(GapCode.PrincipalUnknown, GapDirection.Withheld, Noise(), null, "d", n))],
            GapCount = count,
        };
    }
}
