using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Grains.Workspaces;
using Xunit.Abstractions;

namespace PolicySync.Grains.Tests.Workspaces;

/// <summary>
/// How much of what a workspace takes is used, and how many calls it refuses, when it takes less than is configured: by simulation of
/// workspaces that refuse in different ways.
/// </summary>
public sealed class AdaptingToTheWorkspace(ITestOutputHelper output)
{
    private const int Seeds = 4;

    /// <summary>How a workspace refuses: by a bucket that holds so many seconds' worth, or by windows of a second.</summary>
    private static readonly double?[] Forms = [1.0, 0.3, null];

    [Theory]
    [InlineData(10, 120)]
    [InlineData(50, 30)]
    [InlineData(200, 30)]
    public void Under_1_percent_is_refused_and_95_percent_used_where_the_workspace_takes_half(double configured, int seconds)
    {
        var all = Runs(configured, configured / 2, seconds);

        Assert.InRange(all.Average(run => run.Refused), 0, 0.01);
        Assert.InRange(all.Average(run => run.Used), 0.95, 1.05);
    }

    [Theory]
    [InlineData(10, 0.3)]
    [InlineData(10, 0.7)]
    [InlineData(10, 0.9)]
    [InlineData(50, 0.3)]
    [InlineData(50, 0.7)]
    [InlineData(50, 0.9)]
    [InlineData(200, 0.3)]
    [InlineData(200, 0.7)]
    [InlineData(200, 0.9)]
    public void What_a_workspace_takes_is_used_whatever_part_it_is(double configured, double part)
    {
        var all = Runs(configured, configured * part, seconds: 120);

        Assert.InRange(all.Average(run => run.Refused), 0, 0.03);
        Assert.InRange(all.Average(run => run.Used), 0.9, 1.05);
    }

    [Fact]
    public void The_rate_returns_when_the_workspace_takes_everything_again()
    {
        var time = new FakeTimeProvider();
        var limit = new AdaptiveLimit(50, time);
        limit.After(1);
        limit.After(5);
        Assert.Equal(25, limit.After(0), 3);

        for (var second = 0; second < 120; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            limit.After(0);
        }

        Assert.Equal(50, limit.After(0), 3);
    }

    [Fact]
    public void A_single_refusal_costs_a_tenth_of_the_rate()
    {
        var limit = new AdaptiveLimit(50, new FakeTimeProvider());

        Assert.Equal(45, limit.After(1), 3);
    }

    private List<(double Refused, double Used)> Runs(double configured, double takes, int seconds)
    {
        var all = (from form in Forms from seed in Enumerable.Range(0, Seeds) select Simulate(configured, takes, form, seconds, seed)).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{configured} configured, {takes} taken, {seconds} s: refused {all.Average(run => run.Refused):P2} ({all.Max(run => run.Refused):P2} at most), used {all.Average(run => run.Used):P1} ({all.Min(run => run.Used):P1} at least)"));
        return all;
    }

    // A process that always has work, with answers after about 50 ms, and a lease that is renewed every 500 ms, or 100 ms after the last
    // renewal when a call was refused. The first second does not count.
    private static (double Refused, double Used) Simulate(double configured, double takes, double? bucket, int seconds, int seed)
    {
        const double step = 0.002;
        var random = new Random(seed);
        var time = new FakeTimeProvider();
        var limit = new AdaptiveLimit(configured, time);
        var (rate, tokens, room, inWindow, window) = (configured, 1.0, Math.Max(1, takes * (bucket ?? 0)), 0, 0);
        var (accepted, refused, told, askedAt) = (0, 0, 0, -1.0);
        var answers = new PriorityQueue<bool, double>();
        for (var now = 0.0; now < seconds; now += step)
        {
            time.Advance(TimeSpan.FromSeconds(step));
            tokens = Math.Min(Math.Max(1, rate), tokens + (rate * step));
            room = Math.Min(Math.Max(1, takes * (bucket ?? 0)), room + (takes * step));
            (inWindow, window) = (int)now == window ? (inWindow, window) : (0, (int)now);
            for (; tokens >= 1; tokens--)
            {
                var isTaken = bucket is null ? inWindow < takes : room >= 1;
                (room, inWindow) = isTaken ? (room - 1, inWindow + 1) : (room, inWindow);
                answers.Enqueue(isTaken, now + (0.025 + (0.05 * random.NextDouble())));
                (accepted, refused) = now < 1 ? (0, 0) : isTaken ? (accepted + 1, refused) : (accepted, refused + 1);
            }

            while (answers.TryPeek(out var isTaken, out var at) && at <= now)
            {
                answers.Dequeue();
                told += isTaken ? 0 : 1;
            }

            if (now - askedAt >= (told > 0 ? 0.1 : 0.5))
            {
                (rate, askedAt, told) = (limit.After(told), now, 0);
            }
        }

        return (refused / (double)(accepted + refused), accepted / (takes * (seconds - 1)));
    }
}
