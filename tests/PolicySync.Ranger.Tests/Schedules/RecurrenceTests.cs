using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Conformance.Schedules;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;

namespace PolicySync.Ranger.Tests;

public class RecurrenceTests
{
    // Sunday 1 March 2026.
    [Theory]
    [InlineData("2026-03-01T09:00:00Z", true)]
    [InlineData("2026-03-01T11:00:00Z", true)] // both ends belong to the window
    [InlineData("2026-03-01T11:00:01Z", false)]
    [InlineData("2026-03-01T08:59:59Z", false)]
    [InlineData("2026-03-02T10:00:00Z", false)] // a Monday, and not the 15th
    [InlineData("2026-03-15T10:00:00Z", true)]
    [InlineData("2026-04-05T10:00:00Z", false)] // a Sunday in another month
    public void A_window_opens_by_day_of_the_week_or_of_the_month(string time, bool open) =>
        Assert.Equal(open, At(time, new() { Minute = "0", Hour = "9", DayOfWeek = "1", DayOfMonth = "15", Month = "2-3", Year = "2026" }, hours: 2));

    [Fact]
    public void A_window_may_last_into_the_next_days()
    {
        var schedule = new RangerRecurrenceSchedule { Minute = "0", Hour = "22", DayOfMonth = "31", Month = "*", Year = "*" };

        Assert.True(At("2026-02-01T21:00:00Z", schedule, hours: 23));
        Assert.False(At("2026-02-01T21:00:00Z", schedule, hours: 22));
    }

    [Fact]
    public void A_window_without_a_length_is_no_restriction() =>
        Assert.True(At("2026-03-01T12:00:00Z", new() { Minute = "0", Hour = "1", DayOfMonth = "2" }, hours: 0));

    [Fact]
    public void A_schedule_that_cannot_be_read_is_unknown()
    {
        var schedule = new RangerValiditySchedule { Recurrences = [new() { Schedule = new() { Minute = "soon" }, Interval = new() { Hours = 1 } }] };

        Assert.Equal(Truth.Unknown, new PolicyValidity([schedule], new EngineOptions()).At(Unity.Now));
    }

    [Theory]
    [InlineData("2026/01/01 00:00:00", "2025/01/01 00:00:00", "", 1)]
    [InlineData("", "", "", 1)]
    [InlineData("tomorrow", "", "", 1)]
    [InlineData("2026/01/01 00:00:00", "", "PST", 1)] // Ranger refuses what names several zones
    [InlineData("2026/01/01 00:00:00", "", "Europe/Berlin", 0)]
    public void Faults_of_a_schedule_are_found(string start, string end, string zone, int faults) =>
        Assert.Equal(faults, ValidityScheduleValidator.Validate(new() { StartTime = start, EndTime = end, TimeZone = zone }).Count);

    [Fact]
    public void Random_schedules_hold_or_not_and_nothing_else_happens()
    {
        string?[] fields = ["*", "0", "5-7", "1,2", "", null, "x", "9-1", "-", "99999999999", " 3 "];
        string?[] times = ["2026/01/01 00:00:00", "0001/01/01 00:00:00", "9999/12/31 23:59:59", "", null, "x"];
        int[] numbers = [0, 1, 23, -5, int.MaxValue, int.MinValue];
        var random = new Random(3);
        T Pick<T>(T[] from) => from[random.Next(from.Length)];
        for (var round = 0; round < 3_000; round++)
        {
            var validity = new PolicyValidity(
                [
                    new()
                    {
                        StartTime = Pick(times),
                        EndTime = Pick(times),
                        TimeZone = Pick((string?[])["", null, "Asia/Tokyo", "nowhere"]),
                        Recurrences =
                        [
                            new()
                            {
                                Schedule = new()
                                {
                                    Minute = Pick(fields),
                                    Hour = Pick(fields),
                                    DayOfMonth = Pick(fields),
                                    DayOfWeek = Pick(fields),
                                    Month = Pick(fields),
                                    Year = Pick(fields),
                                },
                                Interval = new() { Days = Pick(numbers), Hours = Pick(numbers), Minutes = Pick(numbers) },
                            },
                        ],
                    },
                ],
                new EngineOptions());
            validity.At(Unity.Now);
            Assert.True(validity.NextChange(Unity.Now) is not { } next || next > Unity.Now);
        }
    }

    private static bool At(string time, RangerRecurrenceSchedule schedule, int hours)
    {
        var validity = new RangerValiditySchedule { Recurrences = [new() { Schedule = schedule, Interval = new() { Hours = hours } }] };
        return new PolicyValidity([validity], new EngineOptions()).At(DateTimeOffset.Parse(time, null)) == Truth.True;
    }
}
