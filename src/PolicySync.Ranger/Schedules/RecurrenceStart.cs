using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Schedules;

/// <summary>
/// When the last window of a recurring schedule opened, as Ranger finds it: field by field, the smaller ones first, each
/// borrowing from the next. It is not always the last time that the schedule fits, and may even lie ahead; what Ranger does
/// then is done here too, since a window that is open here and closed there would grant too much, and so would the
/// contrary for a deny. Source: RangerValidityScheduleEvaluator.RangerRecurrenceEvaluator.getClosestPastEpoch.
/// </summary>
internal sealed class RecurrenceStart
{
    private const int FirstYear = 2017;
    private const int LastYear = 2100;
    private const int MonthsAYear = 12;
    private const int DaysAWeek = 7;

    // A day that no month has never occurs; Ranger would search for it without end.
    private const int MaxMonthsBack = 60;

    private readonly ScheduleField _minutes;
    private readonly ScheduleField _hours;
    private readonly ScheduleField _daysOfMonth;
    private readonly ScheduleField _daysOfWeek;
    private readonly ScheduleField _months;
    private readonly ScheduleField _years;
    private readonly WallClock _clock;

    /// <exception cref="FormatException">A field of the schedule cannot be read.</exception>
    public RecurrenceStart(RangerRecurrenceSchedule schedule, WallClock clock)
    {
        _clock = clock;
        _minutes = new ScheduleField(schedule.Minute, 0, 59);
        _hours = new ScheduleField(schedule.Hour, 0, 23);
        _daysOfMonth = new ScheduleField(schedule.DayOfMonth, 1, 31);
        _daysOfWeek = new ScheduleField(schedule.DayOfWeek, 1, DaysAWeek); // Sunday is 1
        _months = new ScheduleField(schedule.Month, 1, MonthsAYear);
        _years = new ScheduleField(schedule.Year, FirstYear, LastYear);
        Minutes = [.. Enumerable.Range(0, 60).Where(_minutes.Fits)];
    }

    /// <summary>The minutes of an hour at which another window may become the last.</summary>
    public IReadOnlyList<int> Minutes { get; }

    /// <summary>Whether none of the years is still to come.</summary>
    public bool IsOver(DateTimeOffset now) => Enumerable.Range(now.Year - 1, Math.Max(0, LastYear - now.Year + 2)).All(year => !_years.Fits(year));

    /// <summary>When the last window opened; null when none has.</summary>
    public DateTimeOffset? Before(DateTimeOffset now)
    {
        var local = _clock.At(now);
        if (_minutes.AtOrBefore(local.Minute, borrows: false) is not { } minute
            || _hours.AtOrBefore(local.Hour, minute.Borrows) is not { } hour)
        {
            return null;
        }

        var time = new TimeSpan(hour.Value, minute.Value, 0);
        DateTimeOffset? byMonth = null, byWeek = null;
        if (!_daysOfMonth.IsBlank)
        {
            if (ByDayOfMonth(local, hour.Borrows, time) is not { } day || InMonthAndYear(day) is not { } found)
            {
                return null;
            }

            byMonth = found;
        }

        if (!_daysOfWeek.IsBlank)
        {
            if (ByDayOfWeek(local, hour.Borrows, time) is not { } day || InMonthAndYear(day) is not { } found)
            {
                return null;
            }

            byWeek = found;
        }

        return byMonth is null || byWeek > byMonth ? byWeek : byMonth;
    }

    // Yesterday counts as today unless a month lies between: so does Ranger, and then the window lies ahead.
    private DateTimeOffset? ByDayOfMonth(DateTime local, bool borrows, TimeSpan time)
    {
        var from = borrows && local.Day == 1 ? local.Date.AddDays(-1) : local.Date;
        for (var months = 0; months <= MaxMonthsBack; months++)
        {
            if (_daysOfMonth.AtOrBefore(from.Day, borrows: false, top: DaysIn(from.AddMonths(-1))) is { } day)
            {
                var month = FirstOf(from).AddMonths(day.Borrows ? -1 : 0);
                return _clock.When(month.AddDays(day.Value - 1) + time);
            }

            from = from.AddMonths(-1);
        }

        return null;
    }

    private DateTimeOffset? ByDayOfWeek(DateTime local, bool borrows, TimeSpan time)
    {
        var today = (int)local.DayOfWeek + 1;
        if (_daysOfWeek.AtOrBefore(today, borrows) is not { } day)
        {
            return null;
        }

        var back = today - day.Value;
        if (day.Borrows)
        {
            back += back == (borrows ? 1 : 0) ? 0 : DaysAWeek;
        }

        var seconds = new TimeSpan(local.Ticks % TimeSpan.TicksPerMinute);
        var moved = _clock.AddDays(_clock.When(local.Date + time + seconds), -back);
        return _clock.When(_clock.At(moved) - seconds);
    }

    private DateTimeOffset? InMonthAndYear(DateTimeOffset day)
    {
        var local = _clock.At(day);
        if (_months.AtOrBefore(local.Month, borrows: false) is not { } month
            || _years.AtOrBefore(local.Year, month.Borrows) is not { } year)
        {
            return null;
        }

        // A day that the month does not have runs over into the next one.
        return _clock.When(new DateTime(year.Value, month.Value, 1).AddDays(local.Day - 1).AddHours(local.Hour).AddMinutes(local.Minute));
    }

    private static DateTime FirstOf(DateTime day) => day.AddDays(1 - day.Day);

    private static int DaysIn(DateTime day) => DateTime.DaysInMonth(day.Year, day.Month);
}
