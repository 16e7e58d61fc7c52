using System.Globalization;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;

namespace PolicySync.Ranger.Conformance.Schedules;

/// <summary>What Ranger Admin refuses in a recurrence.</summary>
internal static class RecurrenceValidator
{
    private const string Minute = "minute";

    // The fields, their bounds, and whether they may be blank; years are bounded by the span of the schedule too.
    private static readonly (string Name, Func<RangerRecurrenceSchedule, string?> Text, int Min, int Max, bool Optional)[] Fields =
    [
        (Minute, s => s.Minute, 0, 59, false),
        ("hour", s => s.Hour, 0, 23, false),
        ("dayOfMonth", s => s.DayOfMonth, 1, 31, true),
        ("dayOfWeek", s => s.DayOfWeek, 1, 7, true),
        ("month", s => s.Month, 1, 12, false),
        ("year", s => s.Year, 2017, 2100, false),
    ];

    /// <summary>The faults.</summary>
    /// <param name="recurrence">The recurrence.</param>
    /// <param name="firstYear">First year of the span.</param>
    /// <param name="lastYear">Last year of the span.</param>
    /// <param name="stopAtInterval">Whether the fields are not checked, as Ranger does after another fault.</param>
    public static IEnumerable<string> Validate(RangerValidityRecurrence recurrence, int firstYear, int lastYear, bool stopAtInterval)
    {
        var faults = IntervalFaults(recurrence).ToList();
        if (faults.Count == 0 && !stopAtInterval)
        {
            foreach (var (name, text, min, max, optional) in Fields)
            {
                faults.AddRange(FieldFaults(name, text(recurrence.Schedule!), min, max, optional, firstYear, lastYear));
            }
        }

        return faults;
    }

    private static IEnumerable<string> IntervalFaults(RangerValidityRecurrence recurrence)
    {
        if (recurrence is not { Interval: { } interval, Schedule: { } schedule })
        {
            yield return "a recurrence needs a schedule and an interval";
            yield break;
        }

        if (interval is not { Days: >= 0, Hours: >= 0 and <= 23, Minutes: >= 0 and <= 59 }
            || interval is { Days: 0, Hours: 0, Minutes: 0 })
        {
            yield return "the interval is out of bounds";
        }

        if (string.IsNullOrWhiteSpace(schedule.DayOfMonth) && string.IsNullOrWhiteSpace(schedule.DayOfWeek))
        {
            yield return "dayOfMonth and dayOfWeek are both blank";
        }
    }

    private static IReadOnlyList<string> FieldFaults(
        string name, string? text, int min, int max, bool optional, int firstYear, int lastYear)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return optional ? [] : [$"{name} is blank"];
        }

        // Minutes have neither ranges nor "any" (RangerValidityRecurrence.ScheduleFieldSpec).
        var special = name == Minute ? "," : ",-*";
        if (text.Any(c => !char.IsAsciiDigit(c) && !char.IsWhiteSpace(c) && !special.Contains(c, StringComparison.Ordinal)))
        {
            return [$"{name} `{text}` holds characters that are not allowed"];
        }

        var isYear = max > 366;
        var faults = RangeFaults(name, text, min, max, isYear);
        return faults.Count == 0 && isYear ? RangeFaults(name, text, firstYear, lastYear, isYear) : faults;
    }

    private static List<string> RangeFaults(string name, string text, int min, int max, bool isYear)
    {
        var faults = new List<string>();
        var ranges = new List<(int From, int To)>();
        foreach (var spec in new string([.. text.Where(c => !char.IsWhiteSpace(c))]).Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var bounds = spec.Split('-', StringSplitOptions.RemoveEmptyEntries);
            if (spec[0] == '-' || spec[^1] == '-' || bounds.Length > 2)
            {
                faults.Add($"{name} `{spec}` is no range");
                continue;
            }

            var (from, to) = (Bound(bounds[0], min), Bound(bounds[^1], bounds.Length == 1 ? min : max));
            if (isYear && bounds.Length == 2 ? from < min && to > max : !IsWithin(from, min, max) || !IsWithin(to, min, max))
            {
                faults.Add($"{name} `{spec}` is out of bounds");
            }
            else if (bounds.Length == 2 && from >= to)
            {
                faults.Add($"{name} `{spec}` is no range");
            }
            else if (bounds.Length == 2)
            {
                ranges.Add((from, to));
            }
        }

        faults.AddRange(Overlaps(ranges).Select(_ => $"{name} has ranges that overlap"));
        return faults;
    }

    private static IEnumerable<int> Overlaps(List<(int From, int To)> ranges)
    {
        ranges.Sort();
        return Enumerable.Range(1, Math.Max(0, ranges.Count - 1)).Where(i => ranges[i - 1].To > ranges[i].From);
    }

    private static bool IsWithin(int value, int min, int max) => min <= value && value <= max;

    private static int Bound(string text, int any) =>
        text.Contains('*', StringComparison.Ordinal) ? any
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : int.MaxValue;
}
