using System.Globalization;

namespace EventHubs.Emulator.Log;

/// <summary>
/// Where a reader starts, from the text of its selector filter: <c>amqp.annotation.x-opt-offset &gt; '512'</c>. The SDK sends the value
/// without quotes (reference events.md §1.3).
/// </summary>
internal static class StartPosition
{
    /// <summary>The index of the first event for the reader; the number of events when it is none of them.</summary>
    public static int IndexIn(IReadOnlyList<LoggedEvent> events, string? filter)
    {
        if (filter is null)
        {
            return 0;
        }

        var isInclusive = filter.Contains(">=", StringComparison.Ordinal);
        var value = filter[(filter.IndexOf('>', StringComparison.Ordinal) + (isInclusive ? 2 : 1))..].Trim().Trim('\'');
        if (value == "@latest")
        {
            return events.Count;
        }

        var least = long.Parse(value, CultureInfo.InvariantCulture);
        Func<LoggedEvent, long> of = filter.Contains("x-opt-offset", StringComparison.Ordinal) ? static one => one.Offset
            : filter.Contains("x-opt-sequence-number", StringComparison.Ordinal) ? static one => one.SequenceNumber
            : static one => new DateTimeOffset(one.EnqueuedTime).ToUnixTimeMilliseconds();
        for (var i = 0; i < events.Count; i++)
        {
            if (isInclusive ? of(events[i]) >= least : of(events[i]) > least)
            {
                return i;
            }
        }

        return events.Count;
    }
}
