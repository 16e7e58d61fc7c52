namespace PolicySync.Ranger;

/// <summary>
/// A window that opens at each minute that the schedule fits, and stays open for a while. The day fits by its number in
/// the month or by its day of the week, whichever is given. Source: RangerValidityScheduleEvaluator.RangerRecurrenceEvaluator.
/// </summary>
internal sealed class PreparedRecurrence
{
    private const int MinutesADay = 24 * 60;

    private readonly RangerRecurrenceSchedule _schedule;
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
        _schedule = recurrence.Schedule ?? new RangerRecurrenceSchedule();
        _minutes = new ScheduleField(_schedule.Minute);
        _hours = new ScheduleField(_schedule.Hour);
        _daysOfMonth = new ScheduleField(_schedule.DayOfMonth);
        _daysOfWeek = new ScheduleField(_schedule.DayOfWeek);
        _months = new ScheduleField(_schedule.Month);
        _years = new ScheduleField(_schedule.Year);
        var interval = recurrence.Interval ?? new RangerValidityInterval();
        _length = new TimeSpan(interval.Days, interval.Hours, interval.Minutes, 0);
    }

    /// <summary>Whether a window is open. One without a length is no restriction.</summary>
    /// <param name="now">Local time where schedules are read.</param>
    public bool IsOpen(DateTime now)
    {
        if (_length <= TimeSpan.Zero)
        {
            return true;
        }

        // A window that opened longer ago than it lasts is closed, so the search need not go back further.
        var earliest = now - _length;
        for (var day = now.Date; day >= earliest.Date; day = day.AddDays(-1))
        {
            if (FitsDay(day) && LastOpening(day, now) is { } opening)
            {
                return opening >= earliest;
            }
        }

        return false;
    }

    private bool FitsDay(DateTime day) =>
        _years.Fits(day.Year)
        && _months.Fits(day.Month)
        && ((!_daysOfMonth.IsBlank && _daysOfMonth.Fits(day.Day))
            || (!_daysOfWeek.IsBlank && _daysOfWeek.Fits((int)day.DayOfWeek + 1))); // Sunday is 1

    private DateTime? LastOpening(DateTime day, DateTime now)
    {
        var last = day == now.Date ? (int)(now - day).TotalMinutes : MinutesADay - 1;
        for (var minute = last; minute >= 0; minute--)
        {
            if (_minutes.Fits(minute % 60) && _hours.Fits(minute / 60))
            {
                return day.AddMinutes(minute);
            }
        }

        return null;
    }
}
