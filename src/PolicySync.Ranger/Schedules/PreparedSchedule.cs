using System.Globalization;

namespace PolicySync.Ranger;

/// <summary>One schedule, its times as instants. Both ends belong to it (RangerValidityScheduleEvaluator).</summary>
internal sealed class PreparedSchedule
{
    private const string TimeForm = "yyyy/M/d H:m:s";

    private readonly DateTimeOffset? _start;
    private readonly DateTimeOffset? _end;

    public PreparedSchedule(RangerValiditySchedule schedule, EngineOptions options)
    {
        _ = options;
        try
        {
            var zone = string.IsNullOrEmpty(schedule.TimeZone) ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone);
            _start = Parse(schedule.StartTime, zone);
            _end = Parse(schedule.EndTime, zone);
            Fault = schedule.Recurrences.Count > 0 ? "recurring schedules cannot be evaluated" : null;
        }
        catch (Exception e) when (e is FormatException or TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            Fault = $"schedule from `{schedule.StartTime}` to `{schedule.EndTime}` in `{schedule.TimeZone}` cannot be read";
        }
    }

    /// <summary>Why the schedule cannot be evaluated; null when it can.</summary>
    public string? Fault { get; }

    public Truth At(DateTimeOffset time) =>
        time < _start || time > _end ? Truth.False
        : Fault is not null ? Truth.Unknown
        : Truth.True;

    private static DateTimeOffset? Parse(string? text, TimeZoneInfo zone)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var local = DateTime.ParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }
}
