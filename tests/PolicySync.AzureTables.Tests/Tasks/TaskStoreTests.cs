using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class TaskStoreTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task An_accepted_task_is_there_for_another_process()
    {
        var request = Account.TableRequest() with
        {
            DryRun = true,
            AllowRevoke = true,
            Event = new SyncEvent { Id = "e1", AppType = "a", AppSubType = "s", Source = "src", CreateTimeJson = "1700000000000" },
        };
        var accepted = await _account.TaskStore().AcceptAsync(request, default);

        var found = await _account.TaskStore().FindAsync(accepted.Id, default);
        Assert.NotNull(found);
        AssertSame(accepted, found);
        Assert.Equal(request.Event, found.Request.Event);
        Assert.True(found.Request is { DryRun: true, AllowRevoke: true });
        Assert.Equal("orders", found.Request.Resources.Single().Values["table"]);
    }

    [Fact]
    public async Task A_task_that_never_was_is_null() =>
        Assert.Null(await _account.TaskStore().FindAsync(new TaskId(574057046565109672), default));

    [Fact]
    public async Task A_saved_task_is_read_back_whole_and_keeps_its_request()
    {
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        var saved = task with
        {
            Status = SyncTaskStatus.InProgress,
            Message = "walking",
            StartTime = task.CreateTime.AddSeconds(1),
            PolicyVersion = 12,
            StalePolicies = true,
            Progress = new TaskProgress(10, 5, 4, 1, 0, 3),
            Failures = [new TaskFailure("table", "main.sales.orders", SyncErrorCode.PermissionDenied, "no")],
            Cursor = """{"schema":"sales","page":"p2"}""",
        };
        await store.SaveAsync(saved, default);

        AssertSame(saved, await _account.TaskStore().FindAsync(task.Id, default));
    }

    [Fact]
    public async Task A_save_with_a_shorter_cursor_leaves_nothing_of_the_longer_one()
    {
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        var noise = Convert.ToBase64String(Bytes(200_000)); // does not compress into one column
        await store.SaveAsync(task with { Cursor = noise }, default);
        Assert.Equal(noise, (await store.FindAsync(task.Id, default))!.Cursor);

        await store.SaveAsync(task with { Cursor = "short" }, default);
        Assert.Equal("short", (await store.FindAsync(task.Id, default))!.Cursor);
    }

    [Fact]
    public async Task Saving_a_task_that_is_not_open_is_a_STORAGE_CONFLICT()
    {
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        await store.FinishAsync(Ended(task), default);

        var fault = await Assert.ThrowsAsync<SyncException>(() => store.SaveAsync(task, default));
        Assert.Equal(SyncErrorCode.StorageConflict, fault.Code);
    }

    [Fact]
    public async Task A_request_of_a_thousand_resources_with_long_names_in_any_script_fits()
    {
        var random = new Random(7);
        var request = new SyncRequest
        {
            Type = "RESOURCE_SYNC",
            Resources = [.. Enumerable.Range(0, 1000).Select(_ => new RequestedResource("table", new Dictionary<string, string>
            {
                ["catalog"] = "główny",
                ["schema"] = "продажи",
                ["table"] = string.Concat(Enumerable.Range(0, 255).Select(_ => (char)random.Next(0x4e00, 0x9fff))),
            }))],
        };
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(request, default);
        await store.SaveAsync(task with { Status = SyncTaskStatus.InProgress }, default);

        var found = await store.FindAsync(task.Id, default);
        Assert.Equal(request.Resources.Select(one => one.Values["table"]), found!.Request.Resources.Select(one => one.Values["table"]));
        await store.FinishAsync(Ended(found), default);
        Assert.Equal(1000, (await store.FindAsync(task.Id, default))!.Request.Resources.Count);
    }

    [Fact]
    public async Task A_body_of_a_whole_MiB_that_hardly_compresses_fits()
    {
        var random = new Random(7);
        var noise = string.Concat(Enumerable.Range(0, 1_000_000).Select(_ => (char)random.Next('#', '[')));
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest(noise), default);
        Assert.Equal(noise, (await store.FindAsync(task.Id, default))!.Request.Resources[0].Values["table"]);

        await store.FinishAsync(Ended(task), default);
        await store.FinishAsync(Ended(task), default);
        Assert.Equal(noise, (await store.FindAsync(task.Id, default))!.Request.Resources[0].Values["table"]);
        Assert.Equal(2, _account.RawFinished.Query<TableEntity>().Count());
    }

    [Fact]
    public async Task Finishing_moves_a_task_from_the_open_ones_to_the_ended_ones()
    {
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        var ended = Ended(task);
        await store.FinishAsync(ended, default);

        AssertSame(ended, await _account.TaskStore().FindAsync(task.Id, default));
        Assert.Empty(await OpenAsync());
    }

    [Fact]
    public async Task Finishing_again_changes_nothing()
    {
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        await store.FinishAsync(Ended(task), default);
        await store.FinishAsync(Ended(task) with { Status = SyncTaskStatus.Failed, Message = "a late second owner" }, default);

        Assert.Equal(SyncTaskStatus.Success, (await store.FindAsync(task.Id, default))!.Status);
        Assert.Equal(2, _account.RawFinished.Query<TableEntity>().Count());
    }

    [Fact]
    public async Task A_crash_between_the_final_row_and_the_removal_leaves_a_task_that_is_finished_and_found_once_more()
    {
        var cut = false;
        using var proxy = new FaultyProxy(azurite.TablePort, line => cut && line.StartsWith("DELETE", StringComparison.Ordinal));
        var options = _account.Options();
        options.ConnectionString = proxy.ConnectionStringLike(_account.ConnectionString);
        options.MaxRetries = 0;
        var crashing = _account.TaskStore(options: options);
        var task = await crashing.AcceptAsync(Account.TableRequest(), default);
        var openRow = _account.RawOpen.Query<TableEntity>().Single();
        cut = true;
        await Assert.ThrowsAsync<SyncException>(() => crashing.FinishAsync(Ended(task), default));

        // The answer was lost, the removal may have happened; put the row back to be sure that both stand.
        await _account.RawOpen.UpsertEntityAsync(openRow);
        var store = _account.TaskStore();
        Assert.Equal(SyncTaskStatus.Success, (await store.FindAsync(task.Id, default))!.Status);
        Assert.Equal([task.Id], await OpenAsync());

        await store.FinishAsync(Ended(task), default);
        Assert.Empty(await OpenAsync());
    }

    [Fact]
    public async Task An_ended_task_is_gone_when_its_retention_is_over()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-23T12:00:00Z"));
        var store = _account.TaskStore(time, retention: TimeSpan.FromDays(1));
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        await store.FinishAsync(Ended(task) with { EndTime = time.GetUtcNow() }, default);

        time.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(await store.FindAsync(task.Id, default));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await store.FindAsync(task.Id, default));
    }

    [Fact]
    public async Task Open_tasks_are_listed_oldest_first_within_a_lane_and_finished_rows_are_not_read()
    {
        var store = _account.TaskStore();
        var tasks = new List<SyncTask>();
        for (var n = 0; n < 10; n++)
        {
            tasks.Add(await store.AcceptAsync(Account.TableRequest(), default));
        }

        await store.FinishAsync(Ended(tasks[3]), default);
        using var log = new OperationLog(_account.Prefix);
        var open = await OpenAsync();

        Assert.Equal(tasks.Where((_, n) => n != 3).Select(task => task.Id).Order(), open.Order());
        Assert.All(open.GroupBy(id => id.Lane), lane => Assert.Equal(lane.Order(), lane));
        Assert.Equal("OpenTasks.create=1, OpenTasks.query=1", log.ToString());
    }

    [Fact]
    public async Task More_open_tasks_than_a_page_holds_are_all_listed()
    {
        var store = _account.TaskStore();
        var accepted = await Task.WhenAll(Enumerable.Range(0, 1_200).Select(_ => store.AcceptAsync(Account.TableRequest(), default)));

        Assert.Equal(accepted.Select(task => task.Id).Order(), (await OpenAsync()).Order());
    }

    private async Task<List<TaskId>> OpenAsync()
    {
        var open = new List<TaskId>();
        await foreach (var id in _account.TaskStore().OpenTasksAsync(default))
        {
            open.Add(id);
        }

        return open;
    }

    private static SyncTask Ended(SyncTask task) => task with
    {
        Status = SyncTaskStatus.Success,
        Outcome = SyncTaskOutcome.SucceededWithGaps,
        Message = SyncTaskStatuses.SuccessMessage,
        EndTime = task.CreateTime.AddSeconds(2),
    };

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    // Records with lists compare by reference; the packed form compares by content.
    private static void AssertSame(SyncTask expected, SyncTask? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Id, actual.Id);
        Assert.Equal(Packed.Pack(expected.Request), Packed.Pack(actual.Request));
        Assert.Equal(TaskRow.PackState(expected), TaskRow.PackState(actual));
    }
}
