using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class TaskSearchTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-01T12:00:00Z"));

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Each_filter_finds_what_it_names_newest_first_across_days_and_no_other()
    {
        var made = new List<SyncTask>();
        for (var n = 0; n < 48; n++)
        {
            _time.Advance(TimeSpan.FromHours(3));
            var request = Request(n % 3 == 0 ? "Orders" : $"t{n % 5}") with
            {
                Type = n % 4 == 0 ? "VERIFY" : "RESOURCE_SYNC",
                Subject = n % 2 == 0 ? "ann" : null,
                Event = n % 6 == 0 ? new SyncEvent { Source = "it's a hub" } : null,
            };
            made.Add(await EndedAsync(request, n % 7 == 0 ? SyncTaskOutcome.Cancelled : SyncTaskOutcome.Succeeded));
        }

        var middle = made[20].CreateTime;
        foreach (var filter in new[]
        {
            new TaskFilter { Outcome = SyncTaskOutcome.Cancelled },
            new TaskFilter { Type = "VERIFY" },
            new TaskFilter { Source = "it's a hub" },
            new TaskFilter { RequestedBy = "ann" },
            new TaskFilter { Securable = NamedSecurable.TryParse("main.sales.ORDERS") },
            new TaskFilter { Securable = NamedSecurable.TryParse("view main.sales.orders") },
            new TaskFilter { From = middle },
            new TaskFilter { To = middle },
            new TaskFilter { From = made[10].CreateTime, To = middle, RequestedBy = "ann", Type = "VERIFY" },
            new TaskFilter { Status = SyncTaskStatus.Failed, Securable = NamedSecurable.TryParse("table main.sales.orders"), RequestedBy = "ann" },
        })
        {
            var wanted = made.Where(task => filter.Matches(TaskSummary.Of(task))).OrderByDescending(task => task.Id).Select(task => task.Id).ToList();
            Assert.NotEmpty(wanted);
            Assert.NotEqual(made.Count, wanted.Count);
            Assert.Equal(wanted, (await AllAsync(filter, count: 5)).Select(task => task.Id));
        }

        Assert.Empty(await AllAsync(new TaskFilter { Securable = NamedSecurable.TryParse("function main.sales.orders") }, 5));
        Assert.Empty(await AllAsync(new TaskFilter { RequestedBy = "bob" }, 5));
    }

    [Fact]
    public async Task A_task_on_a_thousand_securables_is_found_by_each_of_them()
    {
        var request = Request("orders") with { Resources = [.. Enumerable.Range(0, 1_000).SelectMany(n => Request($"t{n}").Resources)] };
        var task = await EndedAsync(request, SyncTaskOutcome.Succeeded);

        foreach (var n in new[] { 0, 88, 89, 90, 500, 999 })
        {
            var found = Assert.Single(await AllAsync(new TaskFilter { Securable = NamedSecurable.TryParse($"main.sales.t{n}") }, 5));
            Assert.Equal((task.Id, 1_000, false), (found.Id, found.ResourceCount, found.HasAllResources));
        }
    }

    [Fact]
    public async Task The_task_that_repeats_what_failed_is_noted_and_the_end_stays_as_it_was()
    {
        var task = await EndedAsync(Request("orders"), SyncTaskOutcome.Failed);

        await Store().LinkRetryAsync(task.Id, new TaskId(78), default);
        await Store().LinkRetryAsync(task.Id, new TaskId(79), default);
        await Store().LinkRetryAsync(new TaskId(task.Id.Value + 1), new TaskId(79), default); // no such task

        var read = await Store().FindAsync(task.Id, default);
        Assert.Equal((task.Status, task.EndTime, new TaskId(79)), (read!.Status, read.EndTime, read.RetriedBy));
    }

    [Fact]
    public Task A_search_by_securable_reads_what_it_returns_and_at_most_a_page_more() => AssertSearchReadsLittleAsync(3_000);

    [Fact, Trait("Category", "Long")]
    public Task A_search_by_securable_reads_no_more_among_200_000_tasks() => AssertSearchReadsLittleAsync(200_000);

    private async Task AssertSearchReadsLittleAsync(int tasks)
    {
        await FillAsync(tasks);
        var store = Store();
        var filter = new TaskFilter { Securable = NamedSecurable.TryParse("main.sales.t7") };
        await store.ListEndedAsync(filter, null, 1, default); // makes what is made once
        TaskId? after = null;
        var found = 0;
        do
        {
            using var log = new OperationLog(_account.Prefix);
            var slice = await store.ListEndedAsync(filter, after, 100, default);
            Assert.InRange(log.Of("FinishedTasks", OperationLog.Rows), 0, slice.Tasks.Count + 100);
            Assert.Equal(0, log.Of("FinishedTasks", "read"));
            found += slice.Tasks.Count;
            after = slice.Next;
        }
        while (after is not null);
        Assert.Equal(tasks / 50, found); // of fifty tables
    }

    [Fact]
    public async Task Results_are_filtered_by_drift_change_and_code()
    {
        var id = TaskId.Create(_time.GetUtcNow(), 3, 77);
        var results = Enumerable.Range(0, 60).Select(n => new ResourceResult
        {
            Type = "table",
            FullName = $"main.sales.t{n}",
            Status = n % 5 == 0 ? ResourceStatus.Failed : ResourceStatus.Success,
            Message = "",
            Drifted = n % 3 == 0,
            ChangeCount = n % 4 == 0 ? 1 : 0,
            GapCount = n % 6 == 0 ? 1 : 0,
            Gaps = n % 6 == 0 ? [new Gap(n % 12 == 0 ? GapCode.OwnerMacro : GapCode.GroupWithheld, GapDirection.Withheld, null, null, "", null)] : [],
            Error = n % 5 == 0 ? new ResultError(Core.Errors.SyncErrorCode.PermissionDenied, "") : null,
        }).ToList();
        await Store().SaveResultsAsync(id, 0, results, default);

        foreach (var filter in new[]
        {
            new ResultFilter { Drifted = true }, new ResultFilter { Drifted = false }, new ResultFilter { Changed = true }, new ResultFilter { Changed = false },
            new ResultFilter { Code = "OWNER_MACRO" }, new ResultFilter { Code = "PERMISSION_DENIED" },
            new ResultFilter { Status = ResourceStatus.Failed, Drifted = true, Changed = true },
        })
        {
            var wanted = results.Where(filter.Matches).Select(result => result.FullName).ToList();
            Assert.NotEmpty(wanted);
            var found = new List<string>();
            string? token = null;
            do
            {
                var page = await Store().ReadResultsAsync(id, filter, 4, token, default);
                Assert.InRange(page.Resources.Count, 0, 4);
                found.AddRange(page.Resources.Select(result => result.FullName));
                token = page.NextPageToken;
            }
            while (token is not null);
            Assert.Equal(wanted, found);
        }

        var first = await Store().ReadResultsAsync(id, new ResultFilter { Drifted = true }, 4, null, default);
        await Assert.ThrowsAsync<ArgumentException>(() => Store().ReadResultsAsync(id, new ResultFilter { Drifted = false }, 4, first.NextPageToken, default));
    }

    [Fact]
    public async Task Results_are_read_on_from_a_number()
    {
        var id = TaskId.Create(_time.GetUtcNow(), 3, 77);
        await Store().SaveResultsAsync(id, 0, [.. Enumerable.Range(0, 30).Select(n => ResourceResult.Skip("table", $"t{n}", Core.Errors.SyncErrorCode.Unsupported, ""))], default);

        Assert.Equal([0, 1, 2], (await Store().ReadResultsAfterAsync(id, -1, 3, default)).Select(result => result.Number));
        Assert.Equal(["t28", "t29"], (await Store().ReadResultsAfterAsync(id, 27, 100, default)).Select(result => result.Result.FullName));
        Assert.Empty(await Store().ReadResultsAfterAsync(id, 29, 100, default));
    }

    // Without the store's own writes, which would take long.
    private async Task FillAsync(int tasks)
    {
        var rows = new Dictionary<string, List<TableEntity>>(StringComparer.Ordinal);
        for (var n = 0; n < tasks; n++)
        {
            var id = TaskId.Create(_time.GetUtcNow().AddSeconds(n * 432_000.0 / tasks), n % TaskId.Lanes, n % 1_000); // in five days
            var task = new SyncTask { Id = id, Request = Request($"t{n % 50}"), CreateTime = id.Time, EndTime = id.Time, Status = SyncTaskStatus.Success };
            var all = FinishedTaskRows.Of(task);
            var list = rows.TryGetValue(TaskPartition.Of(id), out var found) ? found : rows[TaskPartition.Of(id)] = [];
            list.AddRange(all.Together.Select(all.ToListed));
        }

        _time.Advance(TimeSpan.FromDays(6));
        await Store().ListEndedAsync(TaskFilter.All, null, 1, default); // makes the table
        await Parallel.ForEachAsync(rows.Values.SelectMany(list => list.Chunk(TransactionLimits.MaxRows)), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (batch, cancellation) => await _account.RawFinished.SubmitTransactionAsync(
                batch.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)), cancellation));
    }

    private async Task<List<TaskSummary>> AllAsync(TaskFilter filter, int count)
    {
        var all = new List<TaskSummary>();
        TaskId? after = null;
        do
        {
            var slice = await Store().ListEndedAsync(filter, after, count, default);
            Assert.InRange(slice.Tasks.Count, 0, count);
            all.AddRange(slice.Tasks);
            after = slice.Next;
        }
        while (after is not null);
        return all;
    }

    private async Task<SyncTask> EndedAsync(SyncRequest request, SyncTaskOutcome outcome)
    {
        var store = Store();
        var task = await store.AcceptAsync(request, default);
        return await store.FinishAsync(
            task with
            {
                Status = outcome == SyncTaskOutcome.Succeeded ? SyncTaskStatus.Success : SyncTaskStatus.Failed,
                Outcome = outcome,
                EndTime = _time.GetUtcNow(),
            }, default);
    }

    private static SyncRequest Request(string table) => Account.TableRequest(table);

    private AzureTableTaskStore Store() => _account.TaskStore(_time);
}
