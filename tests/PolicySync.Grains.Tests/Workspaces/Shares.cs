using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Workspaces;

namespace PolicySync.Grains.Tests.Workspaces;

/// <summary>How the grain divides a budget of 100 requests per second, 8 at once.</summary>
public sealed class Shares
{
    private const double Busy = double.PositiveInfinity;

    private readonly FakeTimeProvider _time = new();
    private readonly BudgetShares _shares;
    private readonly Dictionary<Guid, BudgetLease> _leases = [];

    public Shares()
    {
        _shares = new BudgetShares(100, 8, _time);
    }

    [Theory]
    [InlineData("100", "inf", "100")]
    [InlineData("100", "inf inf", "50 50")]
    [InlineData("100", "10 inf inf", "10 45 45")]
    [InlineData("100", "10 20 inf", "10 20 70")]
    [InlineData("100", "10", "55")]
    [InlineData("100", "10 30", "30 50")]
    [InlineData("9", "1 1 inf", "1 1 7")]
    public void Who_needs_little_gets_it_and_the_rest_is_shared_evenly(string total, string demands, string expected)
    {
        var asked = demands.Split(' ').Select(demand => demand == "inf" ? Busy : double.Parse(demand)).ToList();

        Assert.Equal(expected, string.Join(' ', asked.Select((_, i) => FairShares.Of(double.Parse(total), asked, i))));
        if (asked.TrueForAll(double.IsFinite))
        {
            return;
        }

        var whole = asked.Select(demand => double.IsFinite(demand) ? (int)demand : 1_000).ToList();
        Assert.InRange(whole.Select((_, i) => FairShares.Of(int.Parse(total), whole, i)).Sum(), int.Parse(total) - whole.Count, int.Parse(total));
    }

    [Fact]
    public void After_the_start_a_newcomer_gets_a_small_part_and_a_holder_keeps_what_it_says_to_hold()
    {
        var (holder, newcomer, another) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());

        Assert.Equal((60, 5), Ask(holder, Busy, 8, held: (60, 5)));
        Assert.Equal((10, 1), Ask(newcomer, Busy, 8));
        Assert.Equal((0, 1), Ask(another, Busy, 8));

        _time.Advance(BudgetShares.Grace);
        Assert.Equal(100.0 / 3, Ask(holder, Busy, 8).Rate, 0.001);
        Assert.Equal(100.0 / 3, Ask(newcomer, Busy, 8).Rate, 0.001);
    }

    [Fact]
    public void A_newcomer_gets_its_share_as_the_others_renew()
    {
        var (old, young) = (Guid.NewGuid(), Guid.NewGuid());
        AfterGrace();
        Assert.Equal((100, 8), Ask(old, Busy, 16));

        Assert.Equal((0, 0), Ask(young, Busy, 16));
        Assert.Equal((50, 4), Ask(old, Busy, 16));
        Assert.Equal((50, 4), Ask(young, Busy, 16));
    }

    [Fact]
    public void Calls_under_way_count_until_they_have_ended()
    {
        var (old, young) = (Guid.NewGuid(), Guid.NewGuid());
        AfterGrace();
        Ask(old, Busy, 16, running: 8);
        Ask(young, Busy, 16);
        Assert.Equal(4, Ask(old, Busy, 16, running: 8).Concurrency);

        Assert.Equal(0, Ask(young, Busy, 16).Concurrency);
        Ask(old, Busy, 16, running: 4);
        Assert.Equal(4, Ask(young, Busy, 16).Concurrency);
    }

    [Fact]
    public void What_a_dead_process_held_is_free_when_its_lease_is_over()
    {
        var (dead, alive) = (Guid.NewGuid(), Guid.NewGuid());
        AfterGrace();
        Ask(dead, Busy, 16);
        Ask(alive, Busy, 16);
        _time.Advance(BudgetShares.ValidFor);
        Assert.Equal((0, 0), Ask(alive, Busy, 16));

        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal((100, 8), Ask(alive, Busy, 16));
    }

    [Fact]
    public void A_share_that_is_returned_is_free_at_once()
    {
        var (idle, busy) = (Guid.NewGuid(), Guid.NewGuid());
        AfterGrace();
        Ask(idle, Busy, 16);

        Assert.Equal((0, 0), Ask(idle, 0, 0));
        Assert.Equal((100, 8), Ask(busy, Busy, 16));
    }

    [Fact]
    public void The_use_of_the_budget_is_what_the_processes_reported_last_and_processes_that_are_silent_do_not_count()
    {
        AfterGrace();
        Ask(Guid.NewGuid(), 30, wanted: 9, running: 4);
        _time.Advance(BudgetShares.ValidFor);
        Ask(Guid.NewGuid(), 12.5, wanted: 3, running: 3, refusals: 1);

        Assert.Equal(new BudgetUse(100, 90, 42.5, 8, 7, 5, 2), _shares.Use());

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new BudgetUse(100, 93.6, 12.5, 8, 3, 0, 1), _shares.Use());
    }

    [Fact]
    public void Waiting_calls_of_callers_are_added_up_over_the_processes()
    {
        AfterGrace();
        foreach (var waiting in new[] { 3, 4 })
        {
            _shares.Renew(new BudgetReport(Guid.NewGuid(), 0, 0, Busy, 9, 1, 0) { CallersWaiting = waiting });
        }

        Assert.Equal((7, 16), (_shares.Use().CallersWaiting, _shares.Use().Waiting));
    }

    [Fact]
    public void With_fewer_places_than_processes_each_has_its_turn()
    {
        var shares = new BudgetShares(100, 1, _time);
        _time.Advance(BudgetShares.Grace);
        Guid[] processes = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        var turns = processes.ToDictionary(process => process, _ => 0);
        var now = new Dictionary<Guid, int>();
        for (var round = 0; round < 120; round++)
        {
            foreach (var process in processes)
            {
                now[process] = shares.Renew(new BudgetReport(process, 0, 0, Busy, 5, 0, 0)).Concurrency;
                turns[process] += now[process];
                Assert.InRange(now.Values.Sum(), 0, 1);
            }

            _time.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.All(turns.Values, turn => Assert.InRange(turn, 20, 60));
    }

    [Fact]
    public void Refusals_lower_the_rate_of_all_and_time_without_any_raises_it_again()
    {
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        AfterGrace();
        for (var round = 0; round < 3; round++)
        {
            Ask(one, Busy, 16);
            Ask(other, Busy, 16);
        }

        Assert.Equal(90.0 / 2, Ask(one, Busy, 16, refusals: 3).Rate, 0.001);
        Assert.Equal(90.0 / 2, Ask(other, Busy, 16, refusals: 1).Rate, 0.001); // the same overload, from another process

        for (var second = 0; second < 5; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Ask(one, Busy, 16);
            Ask(other, Busy, 16);
        }

        Assert.InRange(Ask(one, Busy, 16).Rate, 92.0 / 2, 98.0 / 2);
    }

    [Fact]
    public void Refusals_by_chance_do_not_stop_the_work()
    {
        var one = Guid.NewGuid();
        AfterGrace();
        for (var second = 0; second < 200; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1.1));
            Ask(one, Busy, 16, refusals: 1);
        }

        Assert.Equal(100 * AdaptiveLimit.Least, _leases[one].Rate, 0.001);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Whatever_processes_do_what_is_leased_never_exceeds_the_budget(int seed)
    {
        var random = new Random(seed);
        var processes = Enumerable.Range(0, 12).Select(_ => Guid.NewGuid()).ToList();
        var until = new Dictionary<Guid, DateTimeOffset>();
        AfterGrace();
        for (var step = 0; step < 5_000; step++)
        {
            var process = processes[random.Next(processes.Count)];
            if (random.Next(50) == 0)
            {
                processes[processes.IndexOf(process)] = Guid.NewGuid(); // killed, and started again under another name
                continue;
            }

            Ask(process, random.Next(5) switch { 0 => 0, 1 => Busy, _ => random.Next(1, 80) }, random.Next(1, 20), refusals: random.Next(20) == 0 ? 1 : 0);
            until[process] = _time.GetUtcNow() + BudgetShares.ValidFor;
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(200)));

            var valid = _leases.Where(lease => until[lease.Key] > _time.GetUtcNow()).Select(lease => lease.Value).ToList();
            Assert.InRange(valid.Sum(lease => lease.Rate), 0, 100.0001);
            Assert.InRange(valid.Sum(lease => lease.Concurrency), 0, 8);
        }
    }

    private void AfterGrace() => _time.Advance(BudgetShares.Grace);

    private (double Rate, int Concurrency) Ask(
        Guid process, double demand, int wanted, (double Rate, int Concurrency) held = default, int running = 0, int refusals = 0)
    {
        var lease = _shares.Renew(new BudgetReport(process, held.Rate, held.Concurrency, demand, wanted, running, refusals));
        _leases[process] = lease;
        return (Math.Round(lease.Rate, 6), lease.Concurrency);
    }
}
