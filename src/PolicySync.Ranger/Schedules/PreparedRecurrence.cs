namespace PolicySync.Ranger;

/// <summary>
/// A window that opens at each minute that the schedule fits, and stays open for a while. The day fits by its number in
/// the month or by its day of the week, whichever is given. Source: RangerValidityScheduleEvaluator.RangerRecurrenceEvaluator.
/// </summary>
internal sealed class PreparedRecurrence
{
    private const int MinutesADay = 24 * 60;

    // Longer than any policy lives, and short enough to count back from any time.
    private const int MaxDays = 100 * 366;

    // A schedule that does not open within this time counts as one that never does.
    private const int DaysAhead = 5 * 366;

    private readonly ScheduleField _minutes;
    private readonly ScheduleField _hours;
    private readonly ScheduleField _daysOfMonth;
    private readonly ScheduleField _daysOfWeek;
    private readonly ScheduleField _months;
    private readonly ScheduleField _years;
    private readonly TimeSpan _length;

    /// <exception cref="FormatException">A field of the schedule cannot be read.</exception>
    public PreparedRecurrence(RangerValidityRecurrence recurrence)
    {
        var schedule = recurrence.Schedule ?? new RangerRecurrenceSchedule();
        _minutes = new ScheduleField(schedule.Minute);
        _hours = new ScheduleField(schedule.Hour);
        _daysOfMonth = new ScheduleField(schedule.DayOfMonth);
        _daysOfWeek = new ScheduleField(schedule.DayOfWeek);
        _months = new ScheduleField(schedule.Month);
        _years = new ScheduleField(schedule.Year);
        var interval = recurrence.Interval ?? new RangerValidityInterval();
        _length = TimeSpan.FromMinutes(Math.Min(
            ((interval.Days * 24L) + interval.Hours) * 60 + interval.Minutes, MaxDays * (long)MinutesADay));
    }

    /// <summary>Whether a window is open. One without a length is no restriction.</summary>
    /// <param name="now">Local time where schedules are read.</param>
    public bool IsOpen(DateTime now)
    {
        if (_length <= TimeSpan.Zero)
        {
            return true;
        }

        return LastOpening(now) is not null;
    }

    /// <summary>When a window opens or closes next; null when none does in the next years.</summary>
    /// <param name="now">Local time where schedules are read.</param>
    public DateTime? NextChange(DateTime now)
    {
        if (_length <= TimeSpan.Zero)
        {
            return null;
        }

        // The end still belongs to the window, so the change comes after it.
        var closing = LastOpening(now)?.Add(_length).AddSeconds(1);
        var opening = NextOpening(now);
        return closing is null || opening < closing ? opening : closing;
    }

    // A window that opened longer ago than it lasts is closed, so the search need not go back further.
    private DateTime? LastOpening(DateTime now)
    {
        var earliest = now - _length;
        for (var day = now.Date; day >= earliest.Date; day = day.AddDays(-1))
        {
            var last = day == now.Date ? (int)(now - day).TotalMinutes : MinutesADay - 1;
            for (var minute = last; minute >= 0 && FitsDay(day); minute--)
            {
                if (FitsMinute(minute))
                {
                    return day.AddMinutes(minute) >= earliest ? day.AddMinutes(minute) : null;
                }
            }
        }

        return null;
    }

    private DateTime? NextOpening(DateTime now)
    {
        for (var day = now.Date; day < now.Date.AddDays(DaysAhead); day = day.AddDays(1))
        {
            var first = day == now.Date ? (int)(now - day).TotalMinutes + 1 : 0;
            for (var minute = first; minute < MinutesADay && FitsDay(day); minute++)
            {
                if (FitsMinute(minute))
                {
                    return day.AddMinutes(minute);
                }
            }
        }

        return null;
    }

    private bool FitsMinute(int minuteOfDay) => _minutes.Fits(minuteOfDay % 60) && _hours.Fits(minuteOfDay / 60);

    private bool FitsDay(DateTime day) =>
        _years.Fits(day.Year)
        && _months.Fits(day.Month)
        && ((!_daysOfMonth.IsBlank && _daysOfMonth.Fits(day.Day))
            || (!_daysOfWeek.IsBlank && _daysOfWeek.Fits((int)day.DayOfWeek + 1))); // Sunday is 1
}
