using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Fairness;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>What one subject asks for does not hold up another's tasks, at any of the places where tasks wait.</summary>
public sealed class FairBetweenCallers
{
    /// <summary>Requests to the workspace from the acceptance of a task on one table to its end: some 11 of its own.</summary>
    private const int MostRequests = 100;

    [Fact]
    public async Task One_table_of_another_subject_ends_within_a_hundred_requests_of_a_backlog_that_fills_everything()
    {
        using var requests = new Budgeted();
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 600).Select(n => $"table main.sales.t{n:000}")]);
            world.Catalog.Add([.. Enumerable.Range(0, 400).Select(n => $"table main.walked{n % 4}.t{n:000}")]);
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
            world.MaxDrivenTasks = 20;
            requests.Serve(world, perSecond: 20);
        });
        var backlog = new List<Task>();
        for (var n = 0; n < 4; n++)
        {
            backlog.Add(world.SubmitAsync(World.Request($"schema main.walked{n}") with { Subject = "alice" }));
        }

        for (var n = 0; n < 599; n++)
        {
            backlog.Add(world.SubmitAsync(World.Request($"table main.sales.t{n:000}") with { Subject = "alice" }));
        }

        await Task.WhenAll(backlog);
        await world.PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(250));
        Assert.True(world.Store.Open.Count > 550);
        var before = world.Catalog.Calls.Count;

        var task = await world.SubmitAsync(World.Request("table main.sales.t599") with { Subject = "bob" });
        task = await world.PassUntilEndAsync(task.Id, TimeSpan.FromMilliseconds(100));

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.True(world.Store.Open.Count > 500, "the backlog was to last longer than the task");
        Assert.InRange(world.Catalog.Calls.Count - before, 1, MostRequests);
        requests.Open();
    }

    [Fact]
    public async Task A_task_waits_no_longer_for_a_run_on_its_own_table_that_another_subject_began()
    {
        using var requests = new Budgeted();
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 200).Select(n => $"table main.sales.t{n:000}")]);
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
            world.Sync.ParentUse = false;
            requests.Serve(world, perSecond: 20);
        });
        for (var n = 0; n < 200; n++)
        {
            await world.SubmitAsync(World.Request($"table main.sales.t{n:000}") with { Subject = "alice" });
        }

        await world.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(250));
        var before = world.Catalog.Calls.Count;
        var task = await world.SubmitAsync(World.Request("table main.sales.t199") with { Subject = "bob" }); // alice's is at it
        await world.PassUntilEndAsync(task.Id, TimeSpan.FromMilliseconds(100));

        Assert.InRange(world.Catalog.Calls.Count - before, 1, MostRequests);
        requests.Open();
    }

    [Fact]
    public async Task Open_tasks_that_the_store_alone_knows_are_begun_in_turns_of_the_shares()
    {
        var tasks = new List<SyncTask>();
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 201).Select(n => $"table main.sales.t{n:000}")]);
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
            world.MaxDrivenTasks = 4;
            for (var n = 0; n < 201; n++)
            {
                tasks.Add(world.Store.AcceptAsync(
                    World.Request($"table main.sales.t{n:000}") with { Subject = n < 200 ? "alice" : "bob" }, CancellationToken.None).Result);
            }
        });

        var bobs = await world.EndOfAsync(tasks[^1].Id);
        await World.UntilAsync(() => world.Store.Open.Count == 0, "no open rows");

        var after = world.Store.All.Count(task => task.EndTime > bobs.EndTime);
        Assert.True(after > 100, $"{after} of alice's tasks ended after bob's");
    }

    [Fact]
    public void A_share_that_keeps_all_it_gets_leaves_places_for_others()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var places = random.Next(64, 3_000);
            var shares = new Shares(places);
            for (var greedy = random.Next(1, 4); greedy > 0; greedy--)
            {
                while (shares.HasRoom($"greedy {greedy}"))
                {
                    shares.Take($"greedy {greedy}");
                }
            }

            Assert.True(shares.Free > 0, $"seed {seed}: none of {places} is left");
            Assert.True(shares.HasRoom("newcomer"), $"seed {seed}");
        }
    }

    [Fact]
    public void All_of_a_small_number_of_places_can_be_held_by_one()
    {
        var shares = new Shares(3);
        for (var n = 0; n < 3; n++)
        {
            Assert.True(shares.HasRoom("one"));
            shares.Take("one");
        }

        Assert.False(shares.HasRoom("one"));
        shares.Return("one");
        Assert.True(shares.HasRoom("other"));
    }

    [Fact]
    public async Task No_task_starves_in_a_pool_whatever_the_order_of_arrivals_and_ends()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var room = random.Next(1, 30);
            using var pool = new TaskPool(room);
            var held = new Shares(room);
            var shares = random.Next(1, 6);
            var names = Enumerable.Range(0, shares).Select(n => $"s{n}").Append("lone").ToList();
            var excused = names.ToDictionary(name => name, _ => 0); // turns that others had while a share held all that it may
            var own = new Dictionary<TaskId, string>();
            var limit = new Dictionary<TaskId, int>(); // turns after which it must have had its own, besides those
            var inLine = new Dictionary<string, int>();
            var driven = new List<TaskId>();
            var turns = 0;
            for (var step = 0; step < 1_500; step++)
            {
                // Now and then somebody floods the pool; the last share asks for one task at a time.
                var share = random.Next(10) == 0 ? "lone" : $"s{random.Next(shares)}";
                for (var burst = share == "lone" ? 1 : random.Next(50) == 0 ? 100 : random.Next(2); burst > 0 && step < 1_000; burst--)
                {
                    var id = new TaskId(own.Count + 1);
                    own[id] = share;
                    if (pool.TryEnter(id, share))
                    {
                        held.Take(share);
                        driven.Add(id);
                        continue;
                    }

                    inLine[share] = inLine.GetValueOrDefault(share) + 1;
                    limit[id] = turns - excused[share] + (inLine[share] * (shares + 1));
                    pool.Enqueue(id, share, accepted: null);
                }

                if (driven.Count > 0)
                {
                    var ended = driven[random.Next(driven.Count)];
                    driven.Remove(ended);
                    held.Return(own[ended]);
                    pool.Leave(ended);
                }

                await BeginAsync();
            }

            while (pool.Waiting > 0)
            {
                Assert.True(driven.Count > 0, $"seed {seed}: tasks wait for nobody");
                held.Return(own[driven[0]]);
                pool.Leave(driven[0]);
                driven.RemoveAt(0);
                await BeginAsync();
            }

            async Task BeginAsync()
            {
                using var now = new CancellationTokenSource();
                while (true)
                {
                    var next = pool.NextAsync(now.Token);
                    if (!next.IsCompleted)
                    {
                        await now.CancelAsync();
                        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
                        return;
                    }

                    var id = (await next).Id;
                    turns++;
                    inLine[own[id]]--;
                    foreach (var name in names.Where(name => name != own[id] && !held.HasRoom(name)))
                    {
                        excused[name]++;
                    }

                    held.Take(own[id]);
                    Assert.True(turns - excused[own[id]] <= limit[id], $"seed {seed}: a task of {own[id]} had turn {turns} and not {limit[id]}");
                    Assert.True(pool.TryEnter(id, own[id]));
                    pool.CompleteTurn(id);
                    driven.Add(id);
                }
            }
        }
    }

    [Fact]
    public async Task A_gate_whose_places_one_share_never_leaves_is_open_to_others_and_who_gave_up_holds_none()
    {
        var gate = new FairGate(64);
        var held = new List<Task<IDisposable>>();
        for (var n = 0; n < 100; n++)
        {
            held.Add(gate.EnterAsync("stuck", CancellationToken.None));
        }

        Assert.InRange(held.Count(place => place.IsCompletedSuccessfully), 45, 50);
        using var giveUp = new CancellationTokenSource();
        var gone = gate.EnterAsync("stuck", giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        for (var n = 0; n < 1_000; n++)
        {
            using var place = await gate.EnterAsync($"other {n % 7}", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
            place.Dispose(); // twice in all, which counts once
        }

        var waiting = held.Where(place => !place.IsCompleted).ToList();
        foreach (var place in held.Where(place => place.IsCompleted))
        {
            (await place).Dispose();
        }

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(null, null, null, "")]
    [InlineData("ann", null, null, "subject ann")]
    [InlineData("verify", null, null, "subject verify")]
    [InlineData(null, "verify", null, "source verify")]
    [InlineData(null, null, 0, "source schedule")]
    [InlineData("ann", "watch", null, "source watch")]
    public void A_share_is_that_of_the_subject_or_of_the_source(string? subject, string? origin, int? attempt, string share) =>
        Assert.Equal(share, TaskShare.Of(World.Request("catalog main") with { Subject = subject, Origin = origin, DueAttempt = attempt }));

    [Fact]
    public void A_long_subject_is_kept_as_a_hash_and_none_as_none()
    {
        Assert.Null(TaskShare.SubjectOf(""));
        Assert.Equal(new string('x', 128), TaskShare.SubjectOf(new string('x', 128)));
        Assert.Matches("^sha256:[0-9a-f]{64}$", TaskShare.SubjectOf(new string('x', 129)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(100)]
    public void Silos_look_after_neighbouring_lanes_and_each_lane_has_one_of_them(int silos)
    {
        var ranges = Enumerable.Range(0, silos).Select(place => RecoveryShare.LanesOf(place, silos)).ToList();

        Assert.All(Enumerable.Range(0, TaskId.Lanes), lane => Assert.Single(ranges, range => range.Holds(lane)));
        Assert.InRange(ranges.Max(range => range.Count) - ranges.Min(range => range.Count), 0, 1);
    }

    [Fact]
    public void A_run_that_several_shares_wait_for_belongs_to_none_of_them()
    {
        var queue = new RunQueue(TimeProvider.System);
        var table = Support.Resources.Parse("table main.a.t");
        var first = queue.Join(new RunRequest { Securable = table, TaskId = 1, IsBulk = true, Share = "subject alice" });
        Assert.Same(first, queue.Take());
        var meter = first.Begin();
        Assert.Equal((true, "subject alice"), (meter.Flow.IsBulk, meter.Flow.Share));

        var second = queue.Join(new RunRequest { Securable = table, TaskId = 2, Share = "subject bob" });

        Assert.Equal((false, ""), (meter.Flow.IsBulk, meter.Flow.Share));
        queue.Ended(first);
        Assert.Same(second, queue.Take());
        Assert.Equal((false, "subject bob"), (second.Begin().Flow.IsBulk, second.Share));
    }

    /// <summary>A budget of requests that the test's clock fills.</summary>
    private sealed class Budgeted : IDisposable
    {
        private RequestBudget? _budget;

        public void Serve(World world, double perSecond)
        {
            _budget = new RequestBudget(world.Time);
            _budget.Grant(perSecond, maxConcurrency: 1_000);
            world.Catalog.Budget = _budget;
        }

        /// <summary>From now on nothing waits, so that the world can end.</summary>
        public void Open() => _budget!.Grant(1e9, 100_000, isFull: true);

        public void Dispose() => _budget?.Dispose();
    }
}
