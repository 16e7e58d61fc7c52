using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class TaskStoreTests(AzuriteFixture azurite) : IDisposable
{
    // A finished task on one table, without a subject: in the lists of all, of its status and of the table.
    private const int RowsOfATask = 3;

    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task An_accepted_task_is_found_by_another_process()
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
    public async Task An_open_task_is_listed_for_its_lane_alone_with_its_share_also_after_a_save()
    {
        var store = _account.TaskStore();
        var accepted = await store.AcceptAsync(Account.TableRequest() with { Subject = "ann" }, default);
        await store.SaveAsync(accepted with { Status = SyncTaskStatus.InProgress, StartTime = accepted.CreateTime }, default);
        var lane = accepted.Id.Lane;

        Assert.Equal([new OpenTask(accepted.Id, "subject ann")], await ReadAsync(LaneRange.All));
        Assert.Equal([new OpenTask(accepted.Id, "subject ann")], await ReadAsync(new LaneRange(lane, 1)));
        Assert.Empty(await ReadAsync(new LaneRange(0, lane)));
        Assert.Empty(await ReadAsync(new LaneRange(lane + 1, TaskId.Lanes - lane - 1)));
        Assert.Equal("ann", (await _account.TaskStore().FindAsync(accepted.Id, default))!.Request.Subject);

        async Task<List<OpenTask>> ReadAsync(LaneRange lanes)
        {
            var found = new List<OpenTask>();
            await foreach (var task in _account.TaskStore().OpenTasksAsync(lanes, default))
            {
                found.Add(task);
            }

            return found;
        }
    }

    [Fact]
    public async Task A_task_that_does_not_exist_is_null() =>
        Assert.Null(await _account.TaskStore().FindAsync(new TaskId(574057046565109672), default));

    [Fact]
    public async Task A_saved_task_is_read_back_completely_and_keeps_its_request()
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
            Progress = new TaskProgress { Discovered = 10, Done = 5, Changed = 4, Failed = 1, Gaps = 3 },
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
        task = await store.SaveAsync(task with { Cursor = noise }, default);
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
    public async Task A_body_of_one_MiB_that_hardly_compresses_fits()
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
    public async Task Finishing_moves_a_task_from_the_open_to_the_finished_tasks()
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
        Assert.Equal(RowsOfATask, _account.RawFinished.Query<TableEntity>().Count());
    }

    [Fact]
    public async Task A_crash_between_the_final_row_and_the_removal_leaves_a_task_that_is_finished_and_listed_as_open_once_more()
    {
        var cut = false;
        using var proxy = TcpProxy.ToHttp(azurite.TablePort, line => cut && line.StartsWith("DELETE", StringComparison.Ordinal));
        var options = _account.Options();
        options.ConnectionString = proxy.ConnectionStringLike(_account.ConnectionString);
        options.MaxRetries = 0;
        var crashing = _account.TaskStore(options: options);
        var task = await crashing.AcceptAsync(Account.TableRequest(), default);
        var openRow = _account.RawOpen.Query<TableEntity>().Single();
        cut = true;
        await Assert.ThrowsAsync<SyncException>(() => crashing.FinishAsync(Ended(task), default));

        // The answer was lost, so the removal may have happened; put the row back so that both rows exist.
        await _account.RawOpen.UpsertEntityAsync(openRow);
        var store = _account.TaskStore();
        Assert.Equal(SyncTaskStatus.Success, (await store.FindAsync(task.Id, default))!.Status);
        Assert.Equal([task.Id], await OpenAsync());
        Assert.True(await store.IsOpenAsync(task.Id, default));

        await store.FinishAsync(Ended(task), default);
        Assert.Empty(await OpenAsync());
        Assert.False(await store.IsOpenAsync(task.Id, default));
    }

    [Fact]
    public async Task A_finished_task_past_its_retention_is_not_found()
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

    [Fact]
    public async Task An_owner_that_was_replaced_gets_STORAGE_CONFLICT_and_overwrites_nothing()
    {
        var accepted = await _account.TaskStore().AcceptAsync(Account.TableRequest(), default);
        var (frozen, successor) = (_account.TaskStore(), _account.TaskStore());
        var old = await frozen.SaveAsync(Walking(accepted, "a"), default);
        var found = await successor.FindAsync(accepted.Id, default);
        var taken = await successor.SaveAsync(Walking(found!, "b"), default);

        var fault = await Assert.ThrowsAsync<SyncException>(() => frozen.SaveAsync(Walking(old, "c"), default));
        Assert.Equal(SyncErrorCode.StorageConflict, fault.Code);
        Assert.Equal("b", (await frozen.FindAsync(accepted.Id, default))!.Cursor);

        // The current owner continues.
        Assert.NotEqual(taken.Version, (await successor.SaveAsync(Walking(taken, "d"), default)).Version);
    }

    [Fact]
    public async Task An_owner_that_got_the_task_when_it_was_accepted_saves_it_only_if_no_other_owner_has()
    {
        var store = _account.TaskStore();
        var accepted = await store.AcceptAsync(Account.TableRequest(), default);
        Assert.Null(accepted.Version);
        await store.SaveAsync(Walking(accepted, "a"), default);

        var fault = await Assert.ThrowsAsync<SyncException>(() => _account.TaskStore().SaveAsync(Walking(accepted, "b"), default));
        Assert.Equal(SyncErrorCode.StorageConflict, fault.Code);
    }

    [Fact]
    public async Task Two_owners_that_save_at_the_same_time_have_one_winner_each_time()
    {
        var stores = Enumerable.Range(0, 2).Select(_ => _account.TaskStore()).ToList();
        var task = await stores[0].AcceptAsync(Account.TableRequest(), default);
        for (var round = 0; round < 10; round++)
        {
            var known = round == 0 ? task : (await stores[0].FindAsync(task.Id, default))!;
            var saves = stores.Select((store, n) => TryAsync(() => store.SaveAsync(Walking(known, $"{round}-{n}"), default))).ToList();
            var winner = Assert.Single(await Task.WhenAll(saves), saved => saved is not null);
            Assert.Equal(winner!.Cursor, (await stores[0].FindAsync(task.Id, default))!.Cursor);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_save_whose_answer_was_lost_succeeds_when_it_is_repeated(bool saidAgain)
    {
        var losses = 0;
        using var proxy = TcpProxy.ToHttp(azurite.TablePort, line =>
            !line.StartsWith("GET", StringComparison.Ordinal) && line.Contains("OpenTasks(", StringComparison.Ordinal)
            && Interlocked.Decrement(ref losses) >= 0);
        var options = _account.Options();
        options.ConnectionString = proxy.ConnectionStringLike(_account.ConnectionString);
        options.MaxRetries = saidAgain ? 0 : 3; // the owner says it again, or the client library does
        var store = _account.TaskStore(options: options);
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        task = await store.SaveAsync(Walking(task, "a"), default);
        losses = 1;
        if (saidAgain)
        {
            await Assert.ThrowsAsync<SyncException>(() => store.SaveAsync(Walking(task, "b"), default));
        }

        var saved = await store.SaveAsync(Walking(task, "b"), default);
        Assert.True(losses <= 0);
        Assert.Equal("c", (await store.SaveAsync(Walking(saved, "c"), default)).Cursor);
    }

    [Fact]
    public async Task Tasks_that_end_together_share_transactions_and_each_ends()
    {
        const int count = 400;
        var store = _account.TaskStore();
        var tasks = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => store.AcceptAsync(Account.TableRequest(), default)));
        await EndAsync(store, await store.AcceptAsync(Account.TableRequest(), default)); // so that the tables stand
        using var log = new OperationLog(_account.Prefix);
        await Task.WhenAll(tasks.Select(task => EndAsync(store, task)));

        Assert.Empty(await OpenAsync());
        Assert.Equal(RowsOfATask * (count + 1), await CountAsync(_account.RawFinished));
        Assert.Equal(count + 1, await CountAsync(_account.RawResults));

        // Results: at least 4 batches of 100 rows; final rows: 8; removals: 4. Written singly, each would be 400.
        Assert.True(Writes(log, "TaskResults") < 60 && Writes(log, "FinishedTasks") < 60 && Writes(log, "OpenTasks") < 60, log.ToString());

        static async Task EndAsync(AzureTableTaskStore store, SyncTask task)
        {
            await store.SaveResultsAsync(task.Id, 0, [ResourceResult.Skip("table", "main.s.t", SyncErrorCode.NotManaged, "no")], default);
            await store.FinishAsync(Ended(task), default);
        }

        static long Writes(OperationLog log, string table) =>
            log.Of(table, "transaction") + log.Of(table, "insert") + log.Of(table, "update") + log.Of(table, "delete");
    }

    [Fact]
    public async Task A_single_task_ends_in_three_writes_and_is_then_found_by_one_read()
    {
        var store = _account.TaskStore();
        await store.FinishAsync(Ended(await store.AcceptAsync(Account.TableRequest(), default)), default);
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        await store.SaveResultsAsync(task.Id, 0, [], default);
        using var log = new OperationLog(_account.Prefix);
        await store.FinishAsync(Ended(task), default);
        await store.FindAsync(task.Id, default);

        Assert.Equal("FinishedTasks.read=1, FinishedTasks.transaction=1, OpenTasks.delete=1", log.ToString());
    }

    [Fact]
    public async Task Of_tasks_that_end_together_those_that_had_ended_keep_their_first_end_and_the_others_end()
    {
        var store = _account.TaskStore();
        var tasks = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => store.AcceptAsync(Account.TableRequest(), default)));
        await Task.WhenAll(tasks.Where((_, n) => n % 7 == 0).Select(task => _account.TaskStore().FinishAsync(Ended(task), default)));

        var late = await Task.WhenAll(tasks.Concat(tasks).Select(
            task => store.FinishAsync(Ended(task) with { Status = SyncTaskStatus.Failed }, default)));

        Assert.Equal(
            tasks.Select((_, n) => n % 7 == 0 ? SyncTaskStatus.Success : SyncTaskStatus.Failed),
            late.Take(60).Select(task => task.Status));
        Assert.Equal(late.Take(60).Select(task => (task.Id, task.Status)), late.Skip(60).Select(task => (task.Id, task.Status)));
        Assert.Equal(60 * RowsOfATask, await CountAsync(_account.RawFinished));
        Assert.Empty(await OpenAsync());
    }

    [Fact]
    public async Task A_task_that_finishes_during_the_search_is_found()
    {
        var moved = false;
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        using var proxy = TcpProxy.ToHttp(azurite.TablePort, line =>
        {
            if (line.Contains("OpenTasks(", StringComparison.Ordinal) && !moved)
            {
                moved = true; // it was not among the ended ones, and is not among the open ones any more
                store.FinishAsync(Ended(task), default).GetAwaiter().GetResult();
            }

            return false;
        });
        var options = _account.Options();
        options.ConnectionString = proxy.ConnectionStringLike(_account.ConnectionString);

        Assert.Equal(SyncTaskStatus.Success, (await _account.TaskStore(options: options).FindAsync(task.Id, default))!.Status);
        Assert.True(moved);
    }

    private async Task<List<TaskId>> OpenAsync()
    {
        var open = new List<TaskId>();
        await foreach (var (id, _) in _account.TaskStore().OpenTasksAsync(LaneRange.All, default))
        {
            open.Add(id);
        }

        return open;
    }

    private static SyncTask Walking(SyncTask task, string cursor) =>
        task with { Status = SyncTaskStatus.InProgress, StartTime = task.CreateTime, Cursor = cursor };

    private static async Task<SyncTask?> TryAsync(Func<Task<SyncTask>> save)
    {
        try
        {
            return await save();
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.StorageConflict)
        {
            return null;
        }
    }

    private static async Task<int> CountAsync(TableClient table)
    {
        var count = 0;
        await foreach (var _ in table.QueryAsync<TableEntity>(select: ["RowKey"]))
        {
            count++;
        }

        return count;
    }

    private static SyncTask Ended(SyncTask task) => task with
    {
        Progress = new TaskProgress { Discovered = 1, Total = 1, Done = 1 },
        Status = SyncTaskStatus.Success,
        Outcome = SyncTaskOutcome.SucceededWithGaps,
        Message = TaskMessages.Succeeded,
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
