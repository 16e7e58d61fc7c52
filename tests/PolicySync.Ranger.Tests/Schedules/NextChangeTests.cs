using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class NextChangeTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    [Theory]
    [InlineData(Table, "2026/04/01 00:00:00", "2026/05/01 00:00:00", "2026-04-01T00:00:00Z")]
    [InlineData(Table, "2026/01/01 00:00:00", "2026/05/01 00:00:00", "2026-05-01T00:00:01Z")] // the end itself still belongs
    [InlineData(Table, "2025/01/01 00:00:00", "2025/05/01 00:00:00", null)]
    [InlineData("catalog=main;schema=sales;table=orders;column=id", "2026/04/01 00:00:00", "", "2026-04-01T00:00:00Z")]
    [InlineData("catalog=main;schema=sales;table=other", "2026/04/01 00:00:00", "", null)]
    [InlineData("catalog=main;schema=sales;table={USER}", "2026/04/01 00:00:00", "", "2026-04-01T00:00:00Z")]
    public void The_next_start_or_end_of_a_schedule_is_known(string resources, string start, string end, string? expected)
    {
        var engine = Engine(Policy(1, resources, p => p.ValiditySchedules = [new() { StartTime = start, EndTime = end }]));

        Assert.Equal(
            expected is null ? null : DateTimeOffset.Parse(expected, null),
            engine.NextChange(Resource(Table), Now));
    }

    [Theory]
    [InlineData("2026-03-01T12:00:00Z", "2026-03-02T09:00:00Z")]
    [InlineData("2026-03-02T09:00:00Z", "2026-03-02T11:00:01Z")]
    [InlineData("2026-03-02T11:00:01Z", "2026-03-09T09:00:00Z")]
    public void The_next_opening_or_closing_of_a_window_is_known(string now, string expected)
    {
        var engine = Engine(Policy(1, Table, p => p.ValiditySchedules =
        [
            new()
            {
                Recurrences = [new() { Schedule = new() { Minute = "0", Hour = "9", DayOfWeek = "2", Month = "*", Year = "*" }, Interval = new() { Hours = 2 } }],
            },
        ]));

        Assert.Equal(DateTimeOffset.Parse(expected, null), engine.NextChange(Resource(Table), DateTimeOffset.Parse(now, null)));
    }
}
