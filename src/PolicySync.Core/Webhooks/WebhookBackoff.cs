namespace PolicySync.Core.Webhooks;

/// <summary>When a failed delivery is tried again, and when it is given up. Pure.</summary>
public static class WebhookBackoff
{
    /// <summary>How long a delivery is tried, from its first attempt.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>Longest time that an endpoint may ask to be left alone.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(4);

    private const double Spread = 0.2;

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    /// <summary>
    /// The delivery after a failed attempt; null when it is given up. The last attempt is made at the end of <see cref="Patience"/>, whatever
    /// the endpoint asked for.
    /// </summary>
    /// <param name="delivery">The delivery as it was tried.</param>
    /// <param name="now">When the attempt was made.</param>
    /// <param name="retryAfter">How long the endpoint asked to be left alone.</param>
    /// <param name="chance">0 to 1: spreads deliveries that failed together.</param>
    public static WebhookDelivery? Next(WebhookDelivery delivery, DateTimeOffset now, TimeSpan? retryAfter, double chance)
    {
        var first = delivery.FirstAttempt ?? now;
        var end = first + Patience;
        if (now >= end)
        {
            return null;
        }

        var wait = Waits[Math.Min(delivery.Attempts, Waits.Length - 1)] * (1 - Spread + (2 * Spread * chance));
        var asked = retryAfter > LongestRetryAfter ? LongestRetryAfter : retryAfter;
        var due = now + (asked > wait ? asked.Value : wait);
        return delivery with { Attempts = delivery.Attempts + 1, FirstAttempt = first, Due = due < end ? due : end };
    }
}
