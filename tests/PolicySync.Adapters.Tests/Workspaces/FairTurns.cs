using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core.Grants;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Tests.Workspaces;

/// <summary>
/// Who waits is written «task», a walk's in capitals, a write with «!». Turns are taken in the order of the second text.
/// </summary>
public sealed class FairTurns
{
    [Theory]
    [InlineData("a a a", "a a a")]
    [InlineData("A A A A a", "A a A A A")]
    [InlineData("A A A A A A a a", "A a A a A A A A")]
    [InlineData("a a a b", "a b a a")]
    [InlineData("a a a b b c", "a b c a b a")]
    [InlineData("A A A B", "A B A A")]
    [InlineData("A A A B B a b c", "A a B b A c B A")]
    [InlineData("a a a!", "a! a a")]
    [InlineData("A A A! b b b!", "A! b! A b A b")]
    public void Turns_alternate_between_walks_and_the_rest_and_go_round_the_tasks(string waiting, string expected)
    {
        var queue = new FairQueue();
        foreach (var waiter in waiting.Split(' ').Select(Waiter))
        {
            queue.Add(waiter);
        }

        var taken = new List<string>();
        while (queue.Take() is { } next)
        {
            taken.Add(Text(next));
        }

        Assert.Equal(expected, string.Join(' ', taken));
        Assert.Equal(0, queue.Count);
    }

    [Theory]
    [InlineData("subject ann", 1)]
    [InlineData("source events", 1)]
    [InlineData("source watch", 0)]
    [InlineData("source verify", 0)]
    [InlineData("", 0)]
    [InlineData(null, 0)]
    public void Waiting_calls_of_callers_are_told_from_those_of_tasks_that_the_service_makes(string? share, int counted)
    {
        var queue = new FairQueue();
        var (one, other) = (new Waiter(new CallFlow(1, IsBulk: false, share), isWrite: false), new Waiter(new CallFlow(2, IsBulk: true, share), isWrite: false));
        queue.Add(one);
        queue.Add(other);
        Assert.Equal(2 * counted, queue.OfCallers);

        queue.Remove(one);
        queue.Remove(one);
        Assert.Equal(counted, queue.OfCallers);
        queue.Take();
        Assert.Equal(0, queue.OfCallers);
    }

    [Fact]
    public void A_task_with_one_call_at_a_time_gets_every_second_turn_beside_a_walk_of_any_width()
    {
        var queue = new FairQueue();
        for (var i = 0; i < 1_000; i++)
        {
            queue.Add(Waiter("A"));
        }

        queue.Add(Waiter("a"));
        var turns = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var next = queue.Take()!;
            turns.Add(Text(next));
            queue.Add(Waiter(Text(next))); // its next call
        }

        Assert.Equal(10, turns.Count(turn => turn == "a"));
    }

    [Fact]
    public void Many_tasks_on_single_securables_do_not_stop_a_walk()
    {
        var queue = new FairQueue();
        for (var task = 0; task < 1_000; task++)
        {
            queue.Add(new Waiter(new CallFlow(task, IsBulk: false), isWrite: false));
            queue.Add(Waiter("A"));
        }

        Assert.Equal(50, Enumerable.Range(0, 100).Count(_ => queue.Take()!.Flow.IsBulk));
    }

    [Fact]
    public void Who_gives_up_is_gone_and_whose_turn_came_is_not_in_the_queue()
    {
        var queue = new FairQueue();
        var (first, second, third) = (Waiter("a"), Waiter("a"), Waiter("b"));
        queue.Add(first);
        queue.Add(second);
        queue.Add(third);

        Assert.True(queue.Remove(first));
        Assert.False(queue.Remove(first));
        Assert.Same(second, queue.Take());
        Assert.False(queue.Remove(second));
        Assert.True(queue.Remove(third));
        Assert.Null(queue.Take());
    }

    [Fact]
    public void Turns_go_round_the_shares_before_they_go_round_the_tasks_of_one()
    {
        var queue = new FairQueue();
        for (var task = 0; task < 1_000; task++)
        {
            queue.Add(Of(task, "ann"));
        }

        queue.Add(Of(2_000, "bob"));
        queue.Add(Of(3_000, "verify", isBulk: true));

        var first = Enumerable.Range(0, 4).Select(_ => queue.Take()!.Flow.Share).ToList();

        Assert.Equal(["verify", "ann", "bob", "ann"], first);
    }

    [Fact]
    public void Whatever_the_order_of_arrivals_nobody_waits_longer_than_his_own_share_makes_him()
    {
        const int tasks = 5;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var queue = new FairQueue();
            var shares = random.Next(2, 8);
            var due = new Dictionary<Waiter, (int Since, int Within)>();
            var ahead = new Dictionary<CallFlow, int>();
            for (var turn = 0; turn < 600; turn++)
            {
                for (var burst = random.Next(20) == 0 ? 200 : random.Next(3); burst > 0; burst--)
                {
                    var waiter = Of(random.Next(tasks), $"s{random.Next(random.Next(1, shares + 1))}", random.Next(2) == 0);
                    // For each call of its own task before it, one turn of each task of its share; for each of those, one of
                    // each share; and for each of those, one of the other kind.
                    ahead[waiter.Flow] = ahead.GetValueOrDefault(waiter.Flow) + 1;
                    due[waiter] = (turn, 2 * shares * tasks * ahead[waiter.Flow]);
                    queue.Add(waiter);
                }

                if (queue.Take() is { } taken)
                {
                    ahead[taken.Flow]--;
                    Assert.True(turn - due[taken].Since <= due[taken].Within, $"seed {seed}");
                    due.Remove(taken);
                }
            }
        }
    }

    [Fact]
    public void A_single_call_waits_for_two_turns_of_each_share_at_most_however_much_they_ask_for()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var queue = new FairQueue();
            var shares = random.Next(1, 8);
            for (var call = 0; call < 2_000; call++)
            {
                queue.Add(Of(random.Next(500), $"s{random.Next(shares)}", random.Next(2) == 0));
            }

            for (var before = random.Next(1_000); before > 0; before--)
            {
                queue.Take();
            }

            var lone = Of(1_000, "lone", random.Next(2) == 0);
            queue.Add(lone);
            var turns = 1;
            while (queue.Take() != lone)
            {
                turns++;
            }

            Assert.True(turns <= (2 * shares) + 2, $"seed {seed}: {turns} turns");
        }
    }

    [Fact]
    public async Task A_call_that_another_waits_for_leaves_the_line_of_its_share()
    {
        using var budget = new RequestBudget(TimeProvider.System);
        var meter = new CallMeter(new CallFlow(1_000, IsBulk: true, "ann"));
        var turns = Enumerable.Range(0, 50).Select(task => budget.TakeTurnAsync(new CallFlow(task, IsBulk: true, "ann"), isWrite: false, default).AsTask()).ToList();
        var last = budget.TakeTurnForAsync(meter, isWrite: false, default).AsTask();

        meter.MoveTo(new CallFlow(1_000, IsBulk: false, null));
        budget.Grant(0.001, 1); // one turn, which is a walk's
        (await await Task.WhenAny(turns).WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
        budget.Grant(1, 1, isFull: true);

        await last.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, turns.Count(turn => turn.IsCompleted));
    }

    private static Waiter Of(long task, string share, bool isBulk = false) => new(new CallFlow(task, isBulk, share), isWrite: false);

    private static Waiter Waiter(string text) =>
        new(new CallFlow(char.ToUpperInvariant(text[0]), IsBulk: char.IsUpper(text[0])), text.EndsWith('!'));

    private static string Text(Waiter waiter)
    {
        var task = (char)waiter.Flow.Task;
        return (waiter.Flow.IsBulk ? task : char.ToLowerInvariant(task)) + (waiter.IsWrite ? "!" : "");
    }
}
