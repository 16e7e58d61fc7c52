using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Retries
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task A_throttled_securable_is_tried_again_when_the_server_said()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Catalog.FailNext(FakeUnityCatalog.Patch, Table, new SyncException(SyncErrorCode.Throttled, "HTTP 429") { RetryAfter = TimeSpan.FromSeconds(40) });
        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.Catalog.WritesTo("main.sales.orders").Count == 1, "the change");

        await world.PassAsync(TimeSpan.FromSeconds(39), TimeSpan.FromSeconds(1));
        Assert.Single(world.Catalog.WritesTo("main.sales.orders"));
        Assert.Equal(SyncTaskStatus.Waiting, (await world.Gateway.FindAsync(task.Id, CancellationToken.None))!.Status);
        task = await world.PassUntilEndAsync(task.Id);

        Assert.Equal((SyncTaskStatus.Success, 1), (task.Status, world.ResultOf(task).ChangeCount));
    }

    [Fact]
    public async Task A_securable_that_cannot_be_read_for_RetryFor_fails_with_the_code_and_the_others_are_done()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.Add("table main.sales.other");
            world.Sync.ParentUse = false;
        });
        world.Catalog.FailNext(FakeUnityCatalog.Read, Table, new SyncException(SyncErrorCode.Unavailable, "HTTP 503"), times: 1_000);
        var start = world.Clock!.GetUtcNow();

        var task = await world.PassUntilEndAsync((await world.SubmitAsync(Table, "table main.sales.other")).Id, TimeSpan.FromSeconds(2));

        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Partial), (task.Status, task.Outcome));
        Assert.Equal(SyncErrorCode.Unavailable, Assert.Single(task.Failures).Code);
        Assert.InRange(task.EndTime!.Value - start, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15.5));
    }

    [Fact]
    public async Task Refused_credentials_wait_for_RetryFor_and_then_end_the_whole_task()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.RetryFor = TimeSpan.FromMinutes(1);
            world.Sync.ParentUse = false;
        });
        world.Catalog.FailNext(FakeUnityCatalog.Get, "schema main.sales", new SyncException(SyncErrorCode.CredentialsRefused, "HTTP 401"), times: 1_000);

        var task = await world.PassUntilEndAsync((await world.SubmitAsync("schema main.sales")).Id, TimeSpan.FromSeconds(1));

        Assert.Equal((SyncTaskStatus.Failed, "CREDENTIALS_REFUSED: HTTP 401"), (task.Status, task.Message));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.List);
    }

    [Fact]
    public async Task A_refusal_on_one_securable_fails_that_one_only()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Catalog.Add("table main.sales.other");
            world.Policies.Set(1, "table main.sales.* select ann@corp.com");
        });
        world.Catalog.FailNext(FakeUnityCatalog.Read, Table, new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"));

        var task = await world.RunAsync("schema main.sales");

        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Partial, 1L), (task.Status, task.Outcome, task.Progress.Failed));
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.other"));
    }

    [Fact]
    public async Task A_container_above_that_cannot_be_cared_for_fails_the_table_and_says_which()
    {
        await using var world = await World.StartAsync(Arrange);
        world.Catalog.FailNext(FakeUnityCatalog.Read, "catalog main", new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"));

        var result = world.ResultOf(await world.RunAsync(Table));

        Assert.Equal((ResourceStatus.Failed, SyncErrorCode.PermissionDenied, 1), (result.Status, result.Error!.Code, result.ChangeCount));
        Assert.Equal("could not grant or revoke USE on catalog main: HTTP 403", result.Message);
    }

    [Fact]
    public async Task A_change_made_before_a_retry_is_reported_by_it()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Sync.ParentUse = false;
        });
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.sales.orders modify ann@corp.com");
        world.Catalog.RefusesAddWithRemove = true;
        world.Catalog.Forget();
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table, times: 2); // the refused one and the removal
        var task = await world.SubmitAsync(Table);
        await hold.Reached;
        world.Catalog.FailNext(FakeUnityCatalog.Patch, Table, new SyncException(SyncErrorCode.Unavailable, "HTTP 503")); // the addition
        hold.Release();

        task = await world.EndOfAsync(task.Id);

        Assert.Equal("granted 1, revoked 1", world.ResultOf(task).Message);
        Assert.Equal("ann@corp.com:MODIFY", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task States_that_storage_takes_too_long_to_read_fail_nothing()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.ActivationTimeout = TimeSpan.FromSeconds(1);
        });
        var slow = 2;
        world.States.BeforeRead = _ => slow-- > 0 ? Task.Delay(TimeSpan.FromSeconds(30)) : Task.CompletedTask;

        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync(Table)).Status);
    }

    [Fact]
    public async Task A_defect_fails_the_securable_as_internal_and_the_task_ends()
    {
        await using var world = await World.StartAsync(Arrange);
        world.States.BeforeWrite = null;
        world.Catalog.InterfereNext(FakeUnityCatalog.Read, Table, () => throw new InvalidCastException("a defect"));

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncErrorCode.Internal, world.ResultOf(task).Error!.Code);
        Assert.DoesNotContain("a defect", task.Message, StringComparison.Ordinal);
        Assert.True(world.Errors.TryDequeue(out var logged));
        Assert.Contains("a defect", logged, StringComparison.Ordinal);
        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync(Table)).Status);
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }
}
