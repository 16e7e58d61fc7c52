using System.Globalization;
using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Schedules;

/// <summary>One schedule, its times as instants. Both ends belong to it (RangerValidityScheduleEvaluator).</summary>
internal sealed class PreparedSchedule
{
    private const string TimeForm = "yyyy/M/d H:m:s";

    private static readonly DateTimeOffset LastEnd = DateTimeOffset.MaxValue.AddSeconds(-1);

    private readonly DateTimeOffset? _start;
    private readonly DateTimeOffset? _end;
    private readonly PreparedRecurrence[] _recurrences = [];
    private readonly bool _isUnread;

    public PreparedSchedule(RangerValiditySchedule schedule, EngineOptions options)
    {
        // The parts that can be read still limit it: an end that has passed is final.
        if (ZoneOf(schedule, options) is { } zone)
        {
            _start = Parse(schedule.StartTime, zone, options.MachineZone, out var isStart);
            _end = Parse(schedule.EndTime, zone, options.MachineZone, out var isEnd);
            _isUnread = !isStart || !isEnd;
        }

        try
        {
            _recurrences = [.. schedule.Recurrences.Select(r => new PreparedRecurrence(r, options.MachineZone))];
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            _isUnread = true;
        }

        if (_isUnread || !TimeZoneInfo.TryFindSystemTimeZoneById(NameOf(schedule.TimeZone), out _))
        {
            Fault = $"schedule from `{schedule.StartTime}` to `{schedule.EndTime}` in `{schedule.TimeZone}` cannot be read";
        }
    }

    /// <summary>Why the schedule cannot be evaluated; null when it can.</summary>
    public string? Fault { get; }

    public Truth At(DateTimeOffset time)
    {
        if (time < _start || time > _end)
        {
            return Truth.False;
        }

        if (Fault is not null)
        {
            return Truth.Unknown;
        }

        return TruthTable.Of(_recurrences.Length == 0 || Array.Exists(_recurrences, r => r.IsOpen(time)));
    }

    /// <summary>When the schedule starts or ends next, as far as it can be read; null when it never does.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset after)
    {
        if (after > _end)
        {
            return null;
        }

        // The end still belongs to the schedule, so the change comes after it.
        var changes = _recurrences.Select(r => r.NextChange(after)).OfType<DateTimeOffset>();
        var end = _end < LastEnd ? _end?.AddSeconds(1) : null;
        return new[] { _start, end }.OfType<DateTimeOffset>().Concat(changes)
            .Where(change => change > after)
            .Select(change => (DateTimeOffset?)change)
            .Min();
    }

    /// <summary>Reads a time of a schedule, as local time; null for none.</summary>
    /// <exception cref="FormatException">The text is not in the form of Ranger's schedules.</exception>
    public static DateTime? Parse(string? text) =>
        string.IsNullOrEmpty(text)
            ? null
            : DateTime.ParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces);

    // Ranger reads an unknown zone as GMT. Here it counts against access, so its times are unknown.
    private static TimeZoneInfo? ZoneOf(RangerValiditySchedule schedule, EngineOptions options) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(NameOf(schedule.TimeZone), out var zone) ? zone
        : options.UnknownConditions == UnknownConditions.AsRanger ? TimeZoneInfo.Utc
        : null;

    private static string NameOf(string? zone) => string.IsNullOrWhiteSpace(zone) ? TimeZoneInfo.Utc.Id : zone;

    // Ranger reads the time in the zone of its machine and moves it by what the two zones differ at that instant, which is
    // not the instant that is meant: within hours of a change of clocks it can be an hour off.
    private static DateTimeOffset? Parse(string? text, TimeZoneInfo zone, TimeZoneInfo machine, out bool isRead)
    {
        isRead = true;
        try
        {
            if (Parse(text) is not { } local)
            {
                return null;
            }

            var read = new WallClock(machine).When(local);
            return read + (machine.GetUtcOffset(read) - zone.GetUtcOffset(read));
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            isRead = false;
            return null;
        }
    }
}
