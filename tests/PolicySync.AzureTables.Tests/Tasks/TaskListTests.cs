using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class TaskListTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-01T12:00:00Z"));

    public void Dispose() => _account.Dispose();

    [Theory]
    [InlineData(null, 7)]
    [InlineData(null, 1_000)]
    [InlineData(SyncTaskStatus.Failed, 3)]
    [InlineData(SyncTaskStatus.Skipped, 1)]
    public async Task Finished_tasks_are_listed_newest_first_and_once_each_across_days_and_shards(SyncTaskStatus? status, int count)
    {
        var made = new List<SyncTask>();
        foreach (var gap in new[] { 0, 1, 9, 4 }) // days between them
        {
            _time.Advance(TimeSpan.FromDays(gap));
            for (var n = 0; n < 12; n++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(7));
                made.Add(await EndedAsync((SyncTaskStatus)((int)SyncTaskStatus.Success + n % 3)));
            }
        }

        await Store().AcceptAsync(Account.TableRequest(), default); // open ones are no part of it
        var listed = await AllAsync(after => Store().ListEndedAsync(new TaskFilter { Status = status }, after, count, default), count);

        var wanted = made.Where(task => status is null || task.Status == status).OrderByDescending(task => task.Id).ToList();
        Assert.Equal(wanted.Select(task => task.Id), listed.Select(task => task.Id));
        Assert.Equal(wanted.Select(task => Shown(TaskSummary.Of(task))), listed.Select(Shown));
    }

    [Fact]
    public async Task Tasks_past_their_retention_are_not_listed()
    {
        var old = await EndedAsync(SyncTaskStatus.Success);
        _time.Advance(TimeSpan.FromDays(20));
        var young = await EndedAsync(SyncTaskStatus.Success);
        _time.Advance(TimeSpan.FromDays(10.5));

        Assert.Equal([young.Id], (await AllAsync(after => Store().ListEndedAsync(TaskFilter.All, after, 10, default), 10)).Select(task => task.Id));
        Assert.Null(await Store().FindAsync(old.Id, default));
    }

    [Fact]
    public async Task A_rare_status_ends_a_slice_early_and_the_list_continues()
    {
        var rare = await EndedAsync(SyncTaskStatus.Failed);
        for (var day = 0; day < 10; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
            await EndedAsync(SyncTaskStatus.Success);
        }

        var first = await Store().ListEndedAsync(new TaskFilter { Status = SyncTaskStatus.Failed }, null, 5, default);
        Assert.Empty(first.Tasks);
        Assert.Equal([rare.Id], (await Store().ListEndedAsync(new TaskFilter { Status = SyncTaskStatus.Failed }, first.Next, 5, default)).Tasks.Select(task => task.Id));
    }

    [Fact]
    public async Task A_slice_reads_the_first_rows_of_a_few_ranges_however_many_tasks_exist()
    {
        var made = new List<SyncTask>();
        for (var n = 0; n < 300; n++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            made.Add(await EndedAsync(SyncTaskStatus.Success));
        }

        var store = Store();
        await store.ListEndedAsync(TaskFilter.All, null, 5, default); // makes what is made once
        using var log = new OperationLog(_account.Prefix);
        var newest = await store.ListEndedAsync(TaskFilter.All, null, 5, default);

        // About five to find the day, one per shard, and a few more for shards with more rows than the average.
        Assert.InRange(log.Of("FinishedTasks", "query"), TaskPartition.ShardsPerDay, TaskPartition.ShardsPerDay + 14);
        Assert.Equal(0, log.Of("FinishedTasks", "read"));
        Assert.Equal(made.TakeLast(5).Reverse().Select(task => task.Id), newest.Tasks.Select(task => task.Id));
    }

    [Fact]
    public async Task Open_tasks_are_listed_once_each_and_finished_tasks_are_not()
    {
        var store = Store();
        var open = new List<TaskId>();
        for (var n = 0; n < 300; n++) // a lane takes 256
        {
            open.Add((await store.AcceptAsync(Account.TableRequest($"t{n}"), default)).Id);
        }

        var ended = await EndedAsync(SyncTaskStatus.Success);
        var listed = await AllAsync(after => store.ListOpenAsync(after, 90, default), 90);

        Assert.Equal(open.OrderBy(id => id.Lane).ThenBy(id => id), listed.Select(task => task.Id));
        Assert.DoesNotContain(ended.Id, listed.Select(task => task.Id));
        Assert.True(open.Select(id => id.Lane).Distinct().Count() > 1);
        Assert.All(listed, task => Assert.Equal((SyncTaskStatus.New, "Task created", "RESOURCE_SYNC"), (task.Status, task.Message, task.Type)));
    }

    // Lists in records compare by reference.
    private static (TaskSummary, string) Shown(TaskSummary task) => (task with { Resources = [] }, string.Join(',', task.Resources));

    private static async Task<List<TaskSummary>> AllAsync(Func<TaskId?, Task<TaskSlice>> read, int count)
    {
        var all = new List<TaskSummary>();
        TaskId? after = null;
        do
        {
            var slice = await read(after);
            Assert.InRange(slice.Tasks.Count, 0, count);
            Assert.NotEqual(after ?? default, slice.Next ?? new TaskId(-1)); // it goes on
            all.AddRange(slice.Tasks);
            after = slice.Next;
        }
        while (after is not null);
        return all;
    }

    private async Task<SyncTask> EndedAsync(SyncTaskStatus status)
    {
        var store = Store(); // of a process of its own, so that lanes differ
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        return await store.FinishAsync(
            task with { Status = status, Outcome = SyncTaskOutcome.Succeeded, StartTime = _time.GetUtcNow(), EndTime = _time.GetUtcNow(), Message = $"task {task.Id}" }, default);
    }

    private AzureTableTaskStore Store() => _account.TaskStore(_time, retention: TimeSpan.FromDays(30));
}
