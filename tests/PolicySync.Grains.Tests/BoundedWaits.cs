using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Schedules;
using PolicySync.Grains.Tests.Support;
using PolicySync.Grains.Verification;

namespace PolicySync.Grains.Tests;

/// <summary>Nothing waits for ever, and no call between grains lasts longer than it may.</summary>
public sealed class BoundedWaits
{
    private const string Table = "table main.sales.orders";
    private static readonly TimeSpan ShortCalls = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_backlog_of_due_securables_that_takes_longer_than_a_call_may_is_worked_off_behind_the_call()
    {
        var read = new TaskCompletionSource();
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.ResponseTimeout = ShortCalls;
            world.Dues.BeforeRead = () => read.Task;
            world.Dues.AddAsync([DueSecurable.At(Resources(Table), DateTimeOffset.UtcNow.AddMinutes(-1))], CancellationToken.None).Wait();
        });
        var grain = world.Cluster.Client.GetGrain<IDueGrain>("test");

        Assert.True(await grain.SweepAsync());
        Assert.True(await grain.SweepAsync());
        read.SetResult();

        await World.UntilAsync(() => world.Dues.All.Count == 0, "the backlog's end");
        Assert.Single(world.Store.All);
    }

    [Fact]
    public async Task A_round_of_verification_is_begun_however_long_the_workspace_takes_to_list()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.ResponseTimeout = ShortCalls;
            world.Verify.Every = TimeSpan.FromHours(1);
            world.Held = world.Catalog.HoldNext(FakeUnityCatalog.List, "");
        });
        var grain = world.Cluster.Client.GetGrain<IVerifyGrain>("test");
        await world.Held!.Reached;

        await grain.TickAsync();
        await grain.TickAsync();
        Assert.Empty(world.Store.All);
        world.Released();

        await World.UntilAsync(() => world.Store.All.Count == 1, "the round");
    }

    [Fact]
    public async Task A_round_has_no_task_before_it_is_written_that_it_began_also_when_that_failed_before()
    {
        var written = new TaskCompletionSource();
        var second = new TaskCompletionSource();
        var writes = 0;
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Verify.Every = TimeSpan.FromHours(1);
            world.States.BeforeWrite = row => !row.StartsWith("verify", StringComparison.Ordinal) ? Task.CompletedTask : ++writes switch
            {
                1 => throw KeptTasks.Down,
                2 => Reached(),
                _ => Task.CompletedTask,
            };
        });
        await World.UntilAsync(() => writes == 1, "the write that fails");

        await world.Cluster.Client.GetGrain<IVerifyGrain>("test").TickAsync();
        await second.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Empty(world.Store.All);
        written.SetResult();
        await World.UntilAsync(() => world.Store.All.Count == 1, "the round");

        Task Reached()
        {
            second.TrySetResult();
            return written.Task;
        }
    }

    [Fact]
    public async Task A_fault_around_a_run_ends_that_run_and_the_securable_goes_on()
    {
        await using var world = await World.StartAsync(Arrange);
        using (FailCounting(world, "policysync.runs"))
        {
            var task = await world.RunAsync(Table);

            Assert.Equal((SyncTaskStatus.Failed, SyncErrorCode.Internal), (task.Status, Assert.Single(task.Failures).Code));
        }

        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync(Table)).Status);
        Assert.NotEmpty(world.Errors);
        world.Errors.Clear();
    }

    [Fact]
    public async Task A_run_that_is_lost_again_and_again_is_asked_for_ever_later_and_fails_in_the_end()
    {
        var clock = new FakeTimeProvider();
        var grain = new LosingGrain();
        var calls = new ResourceCalls(
            GrainsOf(grain), new GrainSettings("test"), Options.Create(new SyncOptions { RetryFor = TimeSpan.FromMinutes(2) }),
            new Core.States.NoStateBatches(), silo: null!, clock);

        var end = calls.RunToEndAsync(new RunRequest { Securable = Resources(Table), TaskId = 1 }, _ => { }, CancellationToken.None);
        for (var second = 0; second < 300 && !end.IsCompleted; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await World.SettleAsync();
        }

        Assert.True(end.IsCompleted);
        Assert.Equal((ResourceStatus.Failed, SyncErrorCode.Unavailable), ((await end).Result!.Status, (await end).Result!.Error!.Code));
        Assert.InRange(grain.Joins, 20, 60);
    }

    [Theory]
    [InlineData(FakeUnityCatalog.Read)]
    [InlineData(FakeUnityCatalog.List)]
    public async Task Walks_that_are_stuck_in_retries_do_not_stop_the_others_however_many_there_are(string operation)
    {
        const int stuck = 70; // more than there are places for pages
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.Add([.. Enumerable.Range(0, stuck).Select(n => $"table main.stuck{n:00}.t")]);
            for (var n = 0; n < stuck; n++)
            {
                var on = operation == FakeUnityCatalog.List ? $"schema main.stuck{n:00}" : $"table main.stuck{n:00}.t";
                world.Catalog.FailNext(operation, on, new SyncException(SyncErrorCode.Unavailable, "away"), times: 10_000);
            }
        });
        for (var n = 0; n < stuck; n++)
        {
            await world.SubmitAsync($"schema main.stuck{n:00}");
        }

        await world.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200));
        var good = await world.SubmitAsync("schema main.sales");
        good = await world.PassUntilEndAsync(good.Id, TimeSpan.FromSeconds(1));

        Assert.Equal(SyncTaskStatus.Success, good.Status);
        Assert.InRange(good.EndTime!.Value - good.CreateTime, TimeSpan.Zero, TimeSpan.FromMinutes(1)); // of 15 that retries last
        Assert.Equal(stuck, world.Store.Open.Count);
    }

    [Fact]
    public async Task A_walk_that_stepped_aside_does_the_rest_of_its_page_once()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 250).Select(n => $"table main.sales.t{n:000}")]);
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
            for (var n = 0; n < 16; n++)
            {
                world.Catalog.FailNext(FakeUnityCatalog.Read, $"table main.sales.t{n:000}", new SyncException(SyncErrorCode.Unavailable, "away"), times: 8);
            }
        });

        var task = await world.PassUntilEndAsync((await world.SubmitAsync("schema main.sales")).Id, TimeSpan.FromSeconds(1));

        Assert.Equal((SyncTaskStatus.Success, 251L), (task.Status, task.Progress.Done));
        Assert.Equal(251, world.Store.ResultsOf(task.Id).Select(result => result.FullName).Distinct().Count());
        Assert.Equal(2, world.Catalog.Calls.Count(call => call is { Operation: FakeUnityCatalog.List, Detail: "Table" })); // listed anew, once
    }

    [Fact]
    public void A_single_loss_is_made_good_at_once_however_many_went_before_it_long_ago()
    {
        var clock = new FakeTimeProvider();
        var losses = new Losses(clock);
        for (var loss = 0; loss < 10; loss++)
        {
            losses.Next();
        }

        clock.Advance(TimeSpan.FromMinutes(10));

        Assert.InRange(losses.Next(), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Assert.Equal(TimeSpan.Zero, losses.LastedFor);
    }

    private static Securable Resources(string text) => Support.Resources.Parse(text);

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.*.* select ann@corp.com");
    }

    private static MeterListener FailCounting(World world, string counter)
    {
        var meters = world.Cluster.Silos[0].ServiceProvider.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == counter && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("counting failed"));
        listener.Start();
        return listener;
    }

    private static IGrainFactory GrainsOf(IResourceGrain grain)
    {
        var factory = DispatchProxy.Create<IGrainFactory, OneGrain>();
        ((OneGrain)(object)factory).Grain = grain;
        return factory;
    }

    /// <summary>A factory that knows one grain.</summary>
    public class OneGrain : DispatchProxy
    {
        internal IResourceGrain? Grain { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Grain;
    }

    /// <summary>It never knows the run.</summary>
    private sealed class LosingGrain : IResourceGrain
    {
        public Task<ResourceState?> PeekAsync(string? identity) => Task.FromResult<ResourceState?>(null);

        public Task ForgetAsync(string identity) => Task.CompletedTask;

        public Task<RestoreReply> RestoreAsync(RestoreRequest request) => throw new NotSupportedException();

        public int Joins { get; private set; }

        public Task<RunReply> RunAsync(RunRequest request, TimeSpan patience)
        {
            Joins++;
            return Task.FromResult(new RunReply());
        }

        public Task<RunReply> WaitAsync(RunTicket ticket, TimeSpan patience) => Task.FromResult(new RunReply());

        public Task<bool> LeaveAsync(RunTicket ticket) => Task.FromResult(true);
    }
}
