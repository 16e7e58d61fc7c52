using Azure.Data.Tables;
using Orleans.Runtime;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.GrainState;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Recorded;

/// <summary>This build reads the rows of earlier builds. Recorded files never change.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class RecordedRowsTests(AzuriteFixture azurite) : IDisposable
{
    private const string First = "rows-1.json";
    private const string Second = "rows-2.json";

    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Open_tasks_of_an_earlier_build_are_found_read_saved_and_finished()
    {
        await PutAsync("OpenTasks", _account.RawOpen);
        var store = _account.TaskStore(retention: TimeSpan.FromDays(3_650));
        var (fresh, walking) = (new TaskId(383723451704366752), new TaskId(383723451704432289));
        Assert.Equal([fresh, walking], (await ListAsync(store)).Order());

        var first = (await store.FindAsync(fresh, default))!;
        Assert.Equal((SyncTaskStatus.New, "Task created", true, true), (first.Status, first.Message, first.Request.DryRun, first.Request.AllowRevoke));
        Assert.Equal(new SyncEvent { Id = "e1", AppType = "a", AppSubType = "s", Source = "src", CreateTimeJson = "1700000000000" }, first.Request.Event);
        Assert.Equal("zamówienia", first.Request.Resources.Single().Values["table"]);

        var second = (await store.FindAsync(walking, default))!;
        Assert.Equal((SyncTaskStatus.InProgress, """{"target":1}""", 12L, true), (second.Status, second.Cursor, second.PolicyVersion, second.StalePolicies));
        Assert.Equal(new TaskProgress { Discovered = 10, Done = 5, Changed = 4, Failed = 1, Gaps = 3 }, second.Progress);
        Assert.Equal(new TaskFailure("table", "main.sales.orders", SyncErrorCode.PermissionDenied, "no"), second.Failures.Single());
        Assert.Equal(DateTimeOffset.Parse("2026-11-24T21:00:01.123Z"), second.StartTime);

        second = await store.SaveAsync(second with { Cursor = "further" }, default);
        await store.FinishAsync(second with { Status = SyncTaskStatus.Success, EndTime = second.StartTime }, default);
        Assert.Equal([fresh], await ListAsync(store));
    }

    [Fact]
    public async Task Finished_tasks_and_results_of_an_earlier_build_are_read()
    {
        await PutAsync("FinishedTasks", _account.RawFinished);
        await PutAsync("TaskResults", _account.RawResults);
        var store = _account.TaskStore(retention: TimeSpan.FromDays(3_650));
        var id = new TaskId(383723451704497826);

        var task = (await store.FindAsync(id, default))!;
        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Failed, "1 of 1 failed"), (task.Status, task.Outcome, task.Message));
        Assert.Equal(SyncErrorCode.NotVerified, task.Failures.Single().Code);

        var result = Assert.Single((await store.ReadResultsAsync(id, ResultFilter.Of(ResourceStatus.Failed), 10, null, default)).Resources);
        Assert.Equal(("view", "main.sales.customers", 3, 1, 4), (result.Type, result.FullName, result.ChangeCount, result.GapCount, result.Calls));
        Assert.Equal(new ResourceChange(ChangeAction.SetMask, "ann@x.io", "SELECT", "e_mail", 7, "masks"), result.Changes.Single());
        Assert.Equal(new Gap(GapCode.GroupExpanded, GapDirection.Withheld, "sales", "SELECT", "ann is denied", 9), result.Gaps.Single());
        Assert.Equal(new ResultError(SyncErrorCode.NotVerified, "after 60 s"), result.Error);
    }

    [Fact]
    public async Task Grain_state_of_an_earlier_build_is_read_and_replaced()
    {
        using var storage = await GrainStorageHarness.StartAsync(azurite);
        await PutAsync("State", storage.Raw);
        var grain = GrainId.Create("stock", "k1");

        var state = await storage.ReadAsync(grain);
        Assert.Equal(("bolt", 7), (state.State.Name, state.State.Count));
        Assert.Equal(["new"], state.State.Tags);
        state.State.Count++;
        await storage.WriteAsync(grain, state);
        Assert.Equal(8, (await storage.ReadAsync(grain)).State.Count);
    }

    [Fact]
    public async Task Due_securables_of_an_earlier_build_are_read_when_due_and_removed()
    {
        var table = _account.Raw(_account.Prefix + "Due");
        await PutAsync("Due", table, Second);
        var store = new AzureTableDueStore(_account.Storage());
        DueSecurable catalog = new(Securable.Catalog("main"), DateTimeOffset.Parse("2026-11-24T21:05:30Z"), 2);
        DueSecurable orders = new(Securable.Table("main", "sales", "zamówienia"), DateTimeOffset.Parse("2026-11-24T21:05:07Z"), 0);
        DueSecurable sales = new(Securable.Parse(SecurableType.Schema, "main.sales"), DateTimeOffset.Parse("2026-12-01T00:00:00Z"), 0);

        Assert.Equal([orders], await DueAsync(store, orders.Due));
        Assert.Equal([catalog, orders], await DueAsync(store, catalog.Due)); // what contains before what is contained
        Assert.Equal([catalog, orders, sales], await DueAsync(store, sales.Due));

        // This build uses the same keys: adding a row again makes no second one, and removing finds it.
        await store.AddAsync([sales], default);
        Assert.Equal(3, await table.QueryAsync<TableEntity>().CountAsync());
        await store.RemoveAsync([catalog, orders, sales], default);
        Assert.Equal(0, await table.QueryAsync<TableEntity>().CountAsync());
    }

    private static async Task<List<DueSecurable>> DueAsync(AzureTableDueStore store, DateTimeOffset now)
    {
        var found = new List<DueSecurable>();
        await foreach (var due in store.ReadAsync(now, default))
        {
            found.Add(due);
        }

        return found;
    }

    private static async Task PutAsync(string name, TableClient table, string file = First)
    {
        await table.CreateIfNotExistsAsync();
        foreach (var (_, row) in RecordedRows.Read(file).Where(recorded => recorded.Table == name))
        {
            await table.AddEntityAsync(row);
        }
    }

    private static async Task<List<TaskId>> ListAsync(ITaskStore store)
    {
        var found = new List<TaskId>();
        await foreach (var (id, share) in store.OpenTasksAsync(LaneRange.All, default))
        {
            Assert.Equal(TaskShare.Common, share); // of before shares were kept
            found.Add(id);
        }

        return found;
    }
}
