using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.Tests;

/// <summary>A task that waits says within five seconds what it waits for, and so does the process that works on it.</summary>
public sealed class WaitReasons
{
    private const string Table = "table main.sales.orders";

    // Five seconds, and as long again for a machine on which work lags behind the test's clock.
    private const int Steps = 50;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(SyncErrorCode.Unavailable, "a web page came instead of databricks' answer to GET /api", "UNAVAILABLE")]
    [InlineData(SyncErrorCode.CredentialsRefused, "databricks answered 401 to GET /api", "CREDENTIALS_REFUSED")]
    public async Task A_workspace_that_gives_no_answer_is_named_with_what_came_in_its_place(SyncErrorCode code, string message, string name)
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.FailNext(FakeUnityCatalog.Read, "catalog main", new SyncException(code, message), times: 10_000);
        });

        await SubmitAsync(world, $"Waiting for the workspace: USE on catalog main: {name}: {message}");

        await AssertNotedAsync(world, WaitKind.Workspace);
    }

    [Fact]
    public async Task Policies_that_cannot_be_had_are_named_with_the_reason()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Policies.Failure = FakePolicies.Gone;

        await SubmitAsync(world, "Waiting for policies: POLICIES_UNAVAILABLE: the source does not answer");

        await AssertNotedAsync(world, WaitKind.Policies);
        world.Policies.Failure = null;
    }

    [Fact]
    public async Task A_policy_source_that_hangs_is_named_before_anything_times_out()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Policies.Hold = new Hold();

        await SubmitAsync(world, "Waiting for policies: no answer yet from the policy source");

        await AssertNotedAsync(world, WaitKind.Policies);
        world.Policies.Hold.Release();
        world.Policies.Hold = null;
    }

    [Fact]
    public async Task The_services_own_storage_is_named()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Store.Trouble = (what, _) => what == "results" ? KeptTasks.Down : null;

        await SubmitAsync(world, "Waiting for the service's storage: UNAVAILABLE: the storage does not answer");

        await AssertNotedAsync(world, WaitKind.Storage);
        world.Store.Trouble = null;
    }

    [Fact]
    public async Task An_open_write_of_another_process_is_named_also_where_it_is_on_a_container_above()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.States.Change("catalog main", row => row.OpenIntentOf = Guid.NewGuid());
        });

        await SubmitAsync(world, "Waiting for its turn: USE on catalog main: another process wrote catalog main and its write may still take effect");
    }

    [Fact]
    public async Task What_is_at_work_on_the_same_securable_is_named()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        await world.SubmitAsync(Table);
        await world.Held.Reached;

        await SubmitAsync(world, $"Waiting for its turn: another run on {Table} is under way");
    }

    [Fact]
    public async Task A_task_that_no_silo_has_room_for_says_so()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.MaxDrivenTasks = 1;
        });
        world.Held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        await world.SubmitAsync(Table);
        await world.Held.Reached;

        await SubmitAsync(world, TaskMessages.Queued);
    }

    [Fact]
    public async Task A_walk_whose_listing_fails_says_so()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.FailNext(FakeUnityCatalog.List, "schema main.sales", new SyncException(SyncErrorCode.Unavailable, "away"), times: 10_000);
        });

        await SubmitAsync(world, "Waiting for the workspace: UNAVAILABLE: away", "schema main.sales");

        await AssertNotedAsync(world, WaitKind.Workspace);
    }

    [Fact]
    public async Task A_task_that_goes_on_no_longer_says_that_it_waits()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.FailNext(FakeUnityCatalog.Read, Table, new SyncException(SyncErrorCode.Unavailable, "away"), times: 6);
        });
        var task = await SubmitAsync(world, "Waiting for the workspace: UNAVAILABLE: away");

        Assert.Equal((SyncTaskStatus.Success, "Sync completed successfully"), (await world.PassUntilEndAsync(task.Id)) is var end ? (end.Status, end.Message) : default);
    }

    [Fact]
    public void A_wait_is_logged_once_and_now_and_again_however_many_tasks_wait()
    {
        var clock = new FakeTimeProvider();
        var log = new Lines();
        var board = new WaitBoard(clock, log);
        for (var second = 0; second < 600; second++)
        {
            for (var task = 0; task < 100; task++)
            {
                board.Note(WaitKind.Workspace, "UNAVAILABLE: away");
            }

            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(Enumerable.Repeat("Tasks wait for the workspace: UNAVAILABLE: away", 2), log.All);
        Assert.True(board.IsWaitedFor(WaitKind.Workspace));
        Assert.False(board.IsWaitedFor(WaitKind.Policies));
        clock.Advance(WaitBoard.Holds);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(board.IsWaitedFor(WaitKind.Workspace));
        board.Note(WaitKind.Workspace, "UNAVAILABLE: once more");
        Assert.Equal(3, log.All.Count);
    }

    private static async Task AssertNotedAsync(World world, WaitKind kind)
    {
        var board = world.Cluster.Silos[0].ServiceProvider.GetRequiredService<WaitBoard>();
        for (var step = 0; step < Steps && !board.IsWaitedFor(kind); step++)
        {
            await world.PassAsync(Step);
        }

        Assert.True(board.IsWaitedFor(kind));
    }

    /// <summary>A task as it stands as soon as it says what it waits for.</summary>
    private static async Task<SyncTask> SubmitAsync(World world, string says, string resource = Table)
    {
        var task = await world.SubmitAsync(resource);
        for (var step = 0; step < Steps && task.Message != says; step++)
        {
            await world.PassAsync(Step);
            task = (await world.Gateway.FindAsync(task.Id, CancellationToken.None))!;
        }

        Assert.Equal((SyncTaskStatus.Waiting, says), (task.Status, task.Message));
        return task;
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.*.* select ann@corp.com");
    }

    private sealed class Lines : ILogger<WaitBoard>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
