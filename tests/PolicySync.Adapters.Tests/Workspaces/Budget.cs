using Microsoft.Extensions.Options;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
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
        using var budget = Of(rate, maxConcurrency: calls);
        var waiting = Enumerable.Range(0, calls).Select(_ => budget.TakeTurnAsync(default).AsTask()).ToList();

        // Turns are given while time moves on, in the same step, so the queue's length tells exactly when.
        var started = new List<int> { calls - budget.Waiting };
        while (budget.Waiting > 0)
        {
            _time.Advance(Step);
            started.Add(calls - budget.Waiting);
        }

        await Task.WhenAll(waiting);
        var burst = Math.Max(1, rate);
        Assert.Equal(Math.Floor(burst), started[0]);
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
        Assert.InRange((started.Count * Step).TotalSeconds, 0, ((calls - Math.Floor(burst)) / rate) + 0.1);
    }

    [Fact]
    public async Task Who_comes_first_goes_first()
    {
        using var budget = Of(rate: 1, maxConcurrency: 1);
        var order = new List<int>();
        var turn = await budget.TakeTurnAsync(default);
        var others = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            others.Add(TakeAsync(i));
        }

        turn.Dispose();
        foreach (var other in others)
        {
            await _time.PassAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
            await other.WaitAsync(TimeSpan.FromSeconds(20));
        }

        Assert.Equal(Enumerable.Range(0, 20), order);

        async Task TakeAsync(int number)
        {
            using var mine = await budget.TakeTurnAsync(default);
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
            turns.Add(await budget.TakeTurnAsync(default));
        }

        var fourth = budget.TakeTurnAsync(default).AsTask();
        Assert.Equal((false, 1), (fourth.IsCompleted, budget.Waiting));

        turns[0].Dispose();
        (await fourth).Dispose();
        Assert.Equal(0, budget.Waiting);
    }

    [Fact]
    public async Task Who_gives_up_leaves_no_gap()
    {
        using var budget = Of(rate: 1000, maxConcurrency: 1);
        var turn = await budget.TakeTurnAsync(default);
        using var cancellation = new CancellationTokenSource();
        var impatient = budget.TakeTurnAsync(cancellation.Token).AsTask();
        var patient = budget.TakeTurnAsync(default).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        turn.Dispose();

        (await patient).Dispose();
        (await budget.TakeTurnAsync(default)).Dispose();
    }

    [Fact]
    public async Task A_long_wait_shows()
    {
        using var budget = Of(rate: 1000, maxConcurrency: 1);
        var turn = await budget.TakeTurnAsync(default);
        var waiting = budget.TakeTurnAsync(default).AsTask();

        Assert.False(budget.IsThrottled);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(budget.IsThrottled);

        turn.Dispose();
        (await waiting).Dispose();
        Assert.False(budget.IsThrottled);
    }

    [Fact]
    public async Task A_refusal_by_the_workspace_shows_for_a_while()
    {
        using var world = new World();
        world.Workspace.ThenError(429);
        var budget = world.Get<RequestBudget>();
        Assert.False(budget.IsThrottled);

        await World.FailureOf(() => world.Catalog.UpdatePermissionsAsync(
            Securable.Catalog("c"), [new("a", null, ["BROWSE"], [])], TimeSpan.FromSeconds(10), world.Meter, default));

        Assert.True(budget.IsThrottled);
        world.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(budget.IsThrottled);
    }

    [Fact]
    public async Task Every_repetition_takes_a_turn_of_its_own()
    {
        using var world = new World(options => options.RequestsPerSecond = 1);
        world.Workspace.ThenError(503).ThenJson("{}");

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
        world.Workspace.Then((_, _) => first.Task).ThenJson("{}");

        var one = world.Catalog.GetAsync(Securable.Catalog("a"), new CallMeter(), default);
        var two = world.Catalog.GetAsync(Securable.Catalog("b"), new CallMeter(), default);
        Assert.Single(world.Workspace.Seen);
        first.SetResult(StubWorkspace.Json("{}"));
        await one;
        await two;

        Assert.Equal(2, world.Workspace.Seen.Count);
    }

    private RequestBudget Of(double rate, int maxConcurrency) =>
        new(Options.Create(new WorkspaceOptions { RequestsPerSecond = rate, MaxConcurrency = maxConcurrency }), _time);
}
