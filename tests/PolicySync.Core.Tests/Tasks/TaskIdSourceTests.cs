using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Tasks;

public sealed class TaskIdSourceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void No_id_is_given_twice_within_a_millisecond()
    {
        var source = new TaskIdSource(new Clock { Now = Start }, new Random(1));

        // One more than a millisecond has sequences: the last one borrows the next millisecond.
        var ids = Enumerable.Range(0, (1 << TaskId.SequenceBits) + 1).Select(_ => source.Next(3)).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(3, id.Lane));
        Assert.Equal(Start, ids[^2].Time);
        Assert.Equal(Start.AddMilliseconds(1), ids[^1].Time);
    }

    [Fact]
    public void Ids_do_not_go_back_with_the_clock()
    {
        var clock = new Clock { Now = Start };
        var source = new TaskIdSource(clock, new Random(1));
        var first = source.Next(0);

        clock.Now = Start.AddHours(-1);
        var second = source.Next(0);
        clock.Now = Start.AddMilliseconds(1);
        var third = source.Next(0);

        Assert.Equal((Start, Start), (first.Time, second.Time));
        Assert.NotEqual(first, second);
        Assert.True(third.CompareTo(second) > 0);
    }

    [Fact]
    public void Concurrent_callers_get_different_ids()
    {
        var source = new TaskIdSource(new Clock { Now = Start }, new Random(1));
        var ids = new TaskId[4_000];

        Parallel.For(0, ids.Length, i => ids[i] = source.Next(i % TaskId.Lanes));

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
