using System.Globalization;
using PolicySync.Core.Webhooks;

namespace PolicySync.Core.Tests.Webhooks;

public sealed class WebhookBackoffTests
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.Parse("2026-11-30T12:00:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void A_delivery_is_tried_in_growing_intervals_until_24_hours_after_its_first_attempt(double chance)
    {
        var times = Attempts(chance);

        Assert.Equal(Noon, times[0]);
        Assert.Equal(Noon + TimeSpan.FromHours(24), times[^1]);
        Assert.InRange(times.Count, 12, 16);
        var waits = times.Zip(times.Skip(1), (before, after) => after - before).SkipLast(1).ToList();
        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[0], TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void A_delivery_that_waited_for_days_as_no_silo_ran_has_its_24_hours_all_the_same()
    {
        var next = WebhookBackoff.Next(Delivery() with { Since = Noon.AddDays(-3) }, Noon, retryAfter: null, chance: 0.5);

        Assert.Equal((1, Noon, Noon.AddSeconds(5)), (next!.Attempts, next.FirstAttempt, next.Due));
    }

    [Theory]
    [InlineData(1, 5)] // shorter than the interval
    [InlineData(600, 600)]
    [InlineData(7 * 86_400, 4 * 3_600)] // cut
    public void An_endpoint_may_ask_for_a_longer_interval_but_not_for_any(int asked, int seconds)
    {
        var next = WebhookBackoff.Next(Delivery(), Noon, TimeSpan.FromSeconds(asked), chance: 0.5);

        Assert.Equal(Noon.AddSeconds(seconds), next!.Due);
    }

    private static List<DateTimeOffset> Attempts(double chance)
    {
        var times = new List<DateTimeOffset>();
        for (var delivery = Delivery(); delivery is not null; delivery = WebhookBackoff.Next(delivery, delivery.Due, retryAfter: null, chance))
        {
            times.Add(delivery.Due);
        }

        return times;
    }

    private static WebhookDelivery Delivery() => new() { Endpoint = "ops", Event = "task.ended", Id = "msg_1", Lane = 0, Since = Noon, Due = Noon };
}
