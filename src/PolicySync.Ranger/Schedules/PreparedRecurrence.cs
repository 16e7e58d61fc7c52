using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Schedules;

/// <summary>
/// A window that opens at the times that the schedule fits, and stays open for a while, both ends included. The day fits by
/// its number in the month or by its day of the week, whichever is given. Source:
/// RangerValidityScheduleEvaluator.RangerRecurrenceEvaluator.
/// </summary>
internal sealed class PreparedRecurrence
{
    // Half a year of a schedule with one minute an hour. Where nothing changes until then, the end of the search counts as a
    // change, and the search goes on from there.
    private const int MaxSteps = 10_000;

    private readonly RecurrenceStart _start;
    private readonly RangerValidityInterval _interval;
    private readonly WallClock _clock;
    private Answer? _last;

    /// <exception cref="FormatException">A field of the schedule cannot be read.</exception>
    public PreparedRecurrence(RangerValidityRecurrence recurrence, TimeZoneInfo zone)
    {
        _clock = new WallClock(zone);
        _start = new RecurrenceStart(recurrence.Schedule ?? new RangerRecurrenceSchedule(), _clock);
        _interval = recurrence.Interval ?? new RangerValidityInterval();
    }

    /// <summary>Whether a window is open. One without a length is no restriction.</summary>
    public bool IsOpen(DateTimeOffset now) => !HasLength || IsOpen(_start.Before(now), now);

    /// <summary>
    /// When a window opens or closes next; null when none ever does. It may come early: what opens after a year takes more
    /// than one look.
    /// </summary>
    public DateTimeOffset? NextChange(DateTimeOffset after)
    {
        if (!HasLength)
        {
            return null;
        }

        var last = _last;
        if (last is null || after < last.From || after >= last.Next)
        {
            _last = last = new Answer(after, Search(after));
        }

        return last.Next;
    }

    // Reckoned with the numbers of Java, which run over.
    private bool HasLength => unchecked((((_interval.Days * 24) + _interval.Hours) * 60) + _interval.Minutes) > 0;

    private bool IsOpen(DateTimeOffset? start, DateTimeOffset now) => start <= now && now <= EndOf(start.Value);

    private DateTimeOffset? Search(DateTimeOffset after)
    {
        var (at, start) = (after, _start.Before(after));
        var isOpen = IsOpen(start, at);
        if (!isOpen && _start.IsOver(after))
        {
            return null;
        }

        for (var steps = 0; steps < MaxSteps; steps++)
        {
            // The end still belongs to the window, so the change comes after it.
            var next = NextStep(at);
            if (isOpen && start is { } opened && EndOf(opened).AddSeconds(1) is var closing && closing > at && closing < next)
            {
                return closing;
            }

            (at, start) = (next, _start.Before(next));
            if (IsOpen(start, at) != isOpen)
            {
                break;
            }
        }

        return at;
    }

    // The window that counts as the last can become another one only at one of its minutes, and when an hour begins, of the
    // clock or of the world: clocks are changed then.
    private DateTimeOffset NextStep(DateTimeOffset at)
    {
        var hour = at.AddTicks(-(at.UtcTicks % TimeSpan.TicksPerHour));
        var offset = (int)_clock.OffsetAt(at).TotalMinutes;
        var minute = (at - hour).TotalMinutes;
        var next = 60;
        foreach (var local in _start.Minutes)
        {
            next = Sooner(Utc(local));
        }

        next = Sooner(Utc(0));
        next = Sooner(30);
        return hour.AddMinutes(next);

        int Utc(int local) => (((local - offset) % 60) + 60) % 60;
        int Sooner(int candidate) => candidate > minute && candidate < next ? candidate : next;
    }

    private DateTimeOffset EndOf(DateTimeOffset start)
    {
        try
        {
            return _clock.AddDays(start.AddMinutes(_interval.Minutes).AddHours(_interval.Hours), _interval.Days);
        }
        catch (ArgumentOutOfRangeException)
        {
            // Longer than any calendar.
            return _interval.Days < 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue.AddSeconds(-1);
        }
    }

    private sealed record Answer(DateTimeOffset From, DateTimeOffset? Next);
}
