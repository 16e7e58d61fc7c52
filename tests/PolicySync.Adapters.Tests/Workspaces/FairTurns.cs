using PolicySync.Adapters.Workspaces.Budget;
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

    private static Waiter Waiter(string text) =>
        new(new CallFlow(char.ToUpperInvariant(text[0]), IsBulk: char.IsUpper(text[0])), text.EndsWith('!'));

    private static string Text(Waiter waiter)
    {
        var task = (char)waiter.Flow.Task;
        return (waiter.Flow.IsBulk ? task : char.ToLowerInvariant(task)) + (waiter.IsWrite ? "!" : "");
    }
}
