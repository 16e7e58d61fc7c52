using PolicySync.Adapters.Tests.Support;
using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Workspaces;

public sealed class Budget
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly TestTime _time = new();

    [Theory]
    [InlineData(12, 400)]
    [InlineData(0.5, 10)]
    [InlineData(1, 15)]
    [InlineData(33.3, 500)]
    public async Task In_no_window_do_more_calls_start_than_rate_times_time_plus_one_seconds_worth(double rate, int calls)
    {
        using var budget = new RequestBudget(_time);
        budget.Grant(rate, calls);
        var waiting = Enumerable.Range(0, calls).Select(_ => TakeAsync(budget)).ToList();

        // Turns are given while time moves on, in the same step, so the queue's length tells exactly when.
        var started = new List<int> { calls - budget.Now.Waiting };
        while (budget.Now.Waiting > 0)
        {
            _time.Advance(Step);
            started.Add(calls - budget.Now.Waiting);
        }

        await Task.WhenAll(waiting);
        var burst = Math.Max(1, rate);
        Assert.Equal(1, started[0]); // however often a process is restarted, it begins with one call
        for (var from = 0; from < started.Count; from++)
        {
            for (var to = from; to < started.Count; to++)
            {
                var most = (rate * ((to - from) * Step).TotalSeconds) + burst;
                if (started[to] - started[from] > most + 1e-6)
                {
                    Assert.Fail($"{started[to] - started[from]} calls started within {(to - from) * Step}; at most {most} may");
                }
            }
        }

        // Nor is the budget wasted: a steady stream starts when its tokens are there, give or take a step.
        Assert.InRange((started.Count * Step).TotalSeconds, 0, ((calls - 1) / rate) + 0.1);
    }

    [Fact]
    public async Task Calls_of_one_task_get_their_turns_in_the_order_of_their_arrival()
    {
        using var budget = Of(rate: 1, maxConcurrency: 1);
        var order = new List<int>();
        var turn = await TakeAsync(budget);
        var others = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            others.Add(GoAsync(i));
        }

        turn.Dispose();
        foreach (var other in others)
        {
            await _time.PassAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
            await other.WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.Equal(Enumerable.Range(0, 20), order);

        async Task GoAsync(int number)
        {
            using var mine = await TakeAsync(budget);
            order.Add(number);
        }
    }

    [Fact]
    public async Task No_more_calls_run_at_once_than_allowed()
    {
        using var budget = Of(rate: 1000, maxConcurrency: 3);
        var turns = new List<RequestBudget.Turn>();
        for (var i = 0; i < 3; i++)
        {
            turns.Add(await TakeAsync(budget));
        }

        var fourth = TakeAsync(budget);
        Assert.Equal((false, 1), (fourth.IsCompleted, budget.Now.Waiting));

        turns[0].Dispose();
        (await fourth).Dispose();
        Assert.Equal(0, budget.Now.Waiting);
    }

    [Fact]
    public async Task Who_gives_up_leaves_no_gap()
    {
        using var budget = Of(rate: 1000, maxConcurrency: 1);
        var turn = await TakeAsync(budget);
        using var cancellation = new CancellationTokenSource();
        var impatient = TakeAsync(budget, cancellation.Token);
        var patient = TakeAsync(budget);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        turn.Dispose();

        (await patient).Dispose();
        (await TakeAsync(budget)).Dispose();
    }

    [Fact]
    public async Task A_burst_after_a_pause_is_one_seconds_worth()
    {
        using var budget = Of(rate: 12, maxConcurrency: 100);
        _time.Advance(TimeSpan.FromMinutes(5));

        var calls = Enumerable.Range(0, 20).Select(_ => TakeAsync(budget)).ToList();

        Assert.Equal((8, 12), (budget.Now.Waiting, budget.Now.Running));
        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task A_smaller_grant_counts_at_once_and_a_greater_one_begins_without_a_burst()
    {
        using var budget = Of(rate: 50, maxConcurrency: 100);
        budget.Grant(2, 100);
        var calls = Enumerable.Range(0, 60).Select(_ => TakeAsync(budget)).ToList();
        Assert.Equal(58, budget.Now.Waiting);

        budget.Grant(50, 100);
        Assert.Equal(58, budget.Now.Waiting);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        _time.Advance(TimeSpan.FromSeconds(0.8));
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task A_grant_of_nothing_lets_nothing_start_until_there_is_one()
    {
        using var budget = new RequestBudget(_time);
        var call = TakeAsync(budget);
        _time.Advance(TimeSpan.FromMinutes(1));
        budget.Grant(10, 0);
        budget.Grant(0, 10);
        Assert.False(call.IsCompleted);

        budget.Grant(10, 1);
        await call;
    }

    [Fact]
    public async Task A_call_that_waits_for_a_second_shows_as_throttled_until_its_turn()
    {
        using var world = new World(options => options.MaxConcurrency = 1);
        var first = new TaskCompletionSource<HttpResponseMessage>();
        world.Workspace.Then((_, _) => first.Task).ThenJson("""{"name":"b"}""");
        var (holds, waits) = (new CallMeter(), new CallMeter());

        var one = world.Catalog.GetAsync(Securable.Catalog("a"), holds, default);
        var two = world.Catalog.GetAsync(Securable.Catalog("b"), waits, default);
        Assert.False(waits.IsThrottled(world.Time));
        world.Time.Advance(CallMeter.NoticeableWait);
        Assert.Equal((false, true), (holds.IsThrottled(world.Time), waits.IsThrottled(world.Time)));

        first.SetResult(StubWorkspace.Json("""{"name":"a"}"""));
        await one;
        await two;
        Assert.False(waits.IsThrottled(world.Time));
    }

    [Fact]
    public async Task A_read_that_pauses_because_the_workspace_asked_for_it_shows_as_throttled()
    {
        using var world = new World();
        var refusal = StubWorkspace.Answer(429, "");
        refusal.Headers.RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(TimeSpan.FromSeconds(4));
        world.Workspace.Then(refusal).ThenJson("""{"name":"a"}""");

        var read = world.Catalog.GetAsync(Securable.Catalog("a"), world.Meter, default);
        var pause = await world.Time.ArmedAsync(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4.5));
        world.Time.Advance(CallMeter.NoticeableWait);
        Assert.True(world.Meter.IsThrottled(world.Time));

        world.Time.Advance(pause);
        await read;
        Assert.False(world.Meter.IsThrottled(world.Time));
    }

    [Fact]
    public async Task Every_repetition_takes_a_turn_of_its_own()
    {
        using var world = new World(options => options.RequestsPerSecond = 1);
        world.Workspace.ThenError(503).ThenJson("""{"name":"c"}""");

        var read = world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);
        await world.Time.PassAsync(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.5));
        await world.Time.PassAsync(TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(0.8));
        await read;

        Assert.InRange(world.Workspace.Seen[1].At - world.Workspace.Seen[0].At, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.005));
    }

    [Fact]
    public async Task A_turn_lasts_until_the_answer_has_been_read()
    {
        using var world = new World(options => options.MaxConcurrency = 1);
        var first = new TaskCompletionSource<HttpResponseMessage>();
        world.Workspace.Then((_, _) => first.Task).ThenJson("""{"name":"b"}""");

        var one = world.Catalog.GetAsync(Securable.Catalog("a"), new CallMeter(), default);
        var two = world.Catalog.GetAsync(Securable.Catalog("b"), new CallMeter(), default);
        Assert.Single(world.Workspace.Seen);
        first.SetResult(StubWorkspace.Json("""{"name":"a"}"""));
        await one;
        await two;

        Assert.Equal(2, world.Workspace.Seen.Count);
    }

    [Fact]
    public async Task A_call_without_a_good_answer_is_told_of_after_a_while_repetitions_included()
    {
        using var world = new World(options => options.MaxConcurrency = 1);
        var first = new TaskCompletionSource<HttpResponseMessage>();
        world.Workspace.Then((_, _) => first.Task).ThenJson("""{"name":"a"}""");

        var read = world.Catalog.GetAsync(Securable.Catalog("a"), world.Meter, default);
        Assert.False(world.Meter.IsUnanswered(world.Time));
        world.Time.Advance(CallMeter.LongCall);
        Assert.True(world.Meter.IsUnanswered(world.Time));

        first.SetResult(new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable));
        await world.Time.PassAsync(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.5));
        await read;
        Assert.False(world.Meter.IsUnanswered(world.Time));
    }

    private static Task<RequestBudget.Turn> TakeAsync(RequestBudget budget, CancellationToken cancellation = default) =>
        budget.TakeTurnAsync(default, isWrite: false, cancellation).AsTask();

    private RequestBudget Of(double rate, int maxConcurrency)
    {
        var budget = new RequestBudget(_time);
        budget.Grant(rate, maxConcurrency, isFull: true);
        return budget;
    }
}
