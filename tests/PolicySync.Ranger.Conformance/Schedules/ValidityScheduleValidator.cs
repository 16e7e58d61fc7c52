using System.Globalization;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;

namespace PolicySync.Ranger.Conformance.Schedules;

/// <summary>
/// What Ranger Admin refuses in a schedule (RangerValidityScheduleValidator). The engine itself does not ask: a schedule
/// that it can read it evaluates, and one that it cannot read counts against access.
/// </summary>
public static class ValidityScheduleValidator
{
    // Java knows them as aliases and Ranger refuses them, since most name several zones.
    private static readonly HashSet<string> RefusedZones =
    [
        "JST", "IST", "BET", "ACT", "AET", "AGT", "VST", "CNT", "NET", "PLT", "CST", "SST", "CTT", "PNT", "BST", "MIT",
        "ART", "AST", "PRT", "PST", "IET", "NST", "EAT", "ECT", "CAT",
    ];

    /// <summary>The faults, for people; empty for a valid schedule.</summary>
    public static IReadOnlyList<string> Validate(RangerValiditySchedule schedule)
    {
        if (string.IsNullOrEmpty(schedule.StartTime) && string.IsNullOrEmpty(schedule.EndTime) && schedule.Recurrences.Count == 0)
        {
            return ["the schedule is empty"];
        }

        var faults = new List<string>();
        var start = Read(schedule.StartTime, "startTime", DateTime.MinValue, faults);
        var end = Read(schedule.EndTime, "endTime", DateTime.MaxValue, faults);
        if (faults.Count > 0)
        {
            return faults;
        }

        if (start >= end)
        {
            faults.Add("endTime is not later than startTime");
        }

        if (!string.IsNullOrWhiteSpace(schedule.TimeZone) && !IsZone(schedule.TimeZone))
        {
            faults.Add($"`{schedule.TimeZone}` is no time zone");
        }

        foreach (var recurrence in schedule.Recurrences)
        {
            faults.AddRange(RecurrenceValidator.Validate(recurrence, start.Year, end.Year, stopAtInterval: faults.Count > 0));
        }

        return faults;
    }

    private static DateTime Read(string? text, string name, DateTime absent, List<string> faults)
    {
        try
        {
            return PreparedSchedule.Parse(text) ?? absent;
        }
        catch (FormatException)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name} `{text}` is no time"));
            return absent;
        }
    }

    private static bool IsZone(string id) => !RefusedZones.Contains(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out _);
}
