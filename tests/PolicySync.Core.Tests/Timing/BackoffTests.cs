using PolicySync.Core.Timing;

namespace PolicySync.Core.Tests.Timing;

public sealed class BackoffTests
{
    private static readonly Backoff Backoff = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(20));

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 6)]
    [InlineData(2, 12)]
    [InlineData(3, 20)]
    [InlineData(4, 20)]
    [InlineData(63, 20)]
    [InlineData(int.MaxValue, 20)]
    public void Delays_double_up_to_the_ceiling(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(attempt));

    [Theory]
    [InlineData(0, 0.0, 1.5)]
    [InlineData(1, 0.5, 4.5)]
    [InlineData(9, 1.0, 20)]
    public void Jitter_shortens_a_delay_by_at_most_half(int attempt, double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(attempt, chance));

    [Fact]
    public void A_ceiling_of_the_longest_time_span_does_not_overflow() =>
        Assert.Equal(TimeSpan.MaxValue, new Backoff(TimeSpan.FromSeconds(1), TimeSpan.MaxValue).After(int.MaxValue));
}
