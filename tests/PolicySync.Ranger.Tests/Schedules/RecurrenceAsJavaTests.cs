using System.Globalization;
using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;

namespace PolicySync.Ranger.Tests;

/// <summary>
/// Recurring windows against answers of a Java program with the arithmetic of Ranger's evaluator. Each line of the file:
/// zone of the machine, minute, hour, day of the month, day of the week, month, year, length in days, hours and minutes,
/// time, and what Java says. Many times lie near the turn of a month or a change of clocks.
/// </summary>
public class RecurrenceAsJavaTests
{
    private const string Answers = "PolicySync.Ranger.Tests.Schedules.java-recurrences.txt";

    [Fact]
    public void Windows_are_open_when_Java_says_so()
    {
        var lines = ReadLines();

        Assert.Equal(240, lines.Count);
        Assert.Empty(lines.Where(line => Prepared(line).IsOpen(TimeOf(line)) != (line[11] == "open")).Select(line => string.Join('|', line)));
    }

    // 04:00 daily for a day: Ranger takes the window of the day, not the one of the day before that is still open.
    [Theory]
    [InlineData("2026-03-10T10:59:59Z", false)]
    [InlineData("2026-03-10T11:00:00Z", true)]
    [InlineData("2026-03-01T10:59:59Z", true)] // on the first of a month it finds yesterday's
    public void A_window_of_yesterday_is_found_only_over_the_turn_of_a_month(string time, bool open)
    {
        var validity = Validity(new() { Minute = "0", Hour = "4", DayOfMonth = "*" }, new() { Days = 1 });

        Assert.Equal(open ? Truth.True : Truth.False, validity.At(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_next_change_of_a_recurrence_is_the_first_minute_or_second_at_which_it_differs()
    {
        foreach (var line in ReadLines().Where((_, i) => i % 16 == 0))
        {
            var (recurrence, at) = (Prepared(line), TimeOf(line));
            var isOpen = recurrence.IsOpen(at);
            var next = recurrence.NextChange(at);
            for (var minute = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(1); minute < at.AddDays(10); minute = minute.AddMinutes(1))
            {
                if (recurrence.IsOpen(minute) != isOpen || recurrence.IsOpen(minute.AddSeconds(1)) != isOpen)
                {
                    Assert.True(next is not null && next <= minute.AddSeconds(1), $"{string.Join('|', line)}: {next:u} comes after {minute:u}");
                    break;
                }
            }

            Assert.True(
                next is null || recurrence.IsOpen(next.Value) != isOpen || next > at.AddDays(5), $"{string.Join('|', line)}: nothing changes at {next:u}");
        }
    }

    [Theory]
    [InlineData("2026/03/08 03:30:00", "2026-03-08T11:30:00Z")] // after clocks went forward at 02:00, 10:00 UTC
    [InlineData("2026/03/08 12:00:00", "2026-03-08T19:00:00Z")]
    public void The_start_of_a_schedule_in_another_zone_is_an_hour_off_where_Ranger_is(string start, string first)
    {
        var validity = new PolicyValidity([new() { StartTime = start, TimeZone = "America/Los_Angeles" }], new EngineOptions());
        var time = DateTimeOffset.Parse(first, CultureInfo.InvariantCulture);

        Assert.Equal((Truth.False, Truth.True), (validity.At(time.AddSeconds(-1)), validity.At(time)));
    }

    // What cannot be read counts against access; what can be read of the same schedule still limits it.
    [Theory]
    [InlineData("soon", "2026/02/01 00:00:00", "", "False", null)]
    [InlineData("soon", "2026/04/01 00:00:00", "", "Unknown", "2026-04-01 00:00:01Z")]
    [InlineData("2026/04/01 00:00:00", "later", "", "False", "2026-04-01 00:00:00Z")]
    [InlineData("2026/02/01 00:00:00", "later", "", "Unknown", null)]
    [InlineData("2026/04/01 00:00:00", "", "nowhere", "Unknown", null)]
    public void A_schedule_that_can_be_read_in_part_is_limited_by_that_part(string start, string end, string zone, string truth, string? change)
    {
        var validity = new PolicyValidity([new() { StartTime = start, EndTime = end, TimeZone = zone }], new EngineOptions());

        Assert.Equal((truth, change), (validity.At(Unity.Now).ToString(), validity.NextChange(Unity.Now)?.ToString("u", CultureInfo.InvariantCulture)));
        Assert.NotEmpty(validity.Uncertainties);
    }

    private static PolicyValidity Validity(RangerRecurrenceSchedule schedule, RangerValidityInterval interval) => new(
        [new() { Recurrences = [new() { Schedule = schedule, Interval = interval }] }],
        new EngineOptions { MachineZone = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles") });

    private static PreparedRecurrence Prepared(string[] line) => new(
        new()
        {
            Schedule = new() { Minute = line[1], Hour = line[2], DayOfMonth = line[3], DayOfWeek = line[4], Month = line[5], Year = line[6] },
            Interval = new() { Days = Number(line[7]), Hours = Number(line[8]), Minutes = Number(line[9]) },
        },
        TimeZoneInfo.FindSystemTimeZoneById(line[0]));

    private static DateTimeOffset TimeOf(string[] line) => DateTimeOffset.Parse(line[10], CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static List<string[]> ReadLines()
    {
        using var reader = new StreamReader(typeof(RecurrenceAsJavaTests).Assembly.GetManifestResourceStream(Answers)!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|'))];
    }
}
