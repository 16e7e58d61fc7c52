using System.Globalization;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Tests;

/// <summary>Dates of tags, as Java's SimpleDateFormat reads them in the zone of the machine; the answers are those of Java 17.</summary>
public class TagDateTests
{
    [Theory]
    [InlineData("2026/06/15", "2026-06-15T00:00:00.000")]
    [InlineData("2026/6/5", "2026-06-05T00:00:00.000")]
    [InlineData("2026/6/5x", "2026-06-05T00:00:00.000")]
    [InlineData("2026/06/15T12:30:00.000Z", "2026-06-15T00:00:00.000")] // what follows is not looked at
    [InlineData(" 2026/ 6/\t5", "2026-06-05T00:00:00.000")]
    [InlineData("26/06/15", "0026-06-15T00:00:00.000")]
    [InlineData("٢٠٢٦/٦/١٥", "2026-06-15T00:00:00.000")]
    [InlineData("2026-06-15T12:30:00.000Z", "2026-06-15T12:30:00.000")]
    [InlineData("2026-06-15T12:30:00.000Zxx", "2026-06-15T12:30:00.000")]
    [InlineData("2026-6-15T1:2:3.5Z", "2026-06-15T01:02:03.005")]
    [InlineData("20260/01/01", "9999-12-31T00:00:00.000")]
    [InlineData("2026/06/155", null)]
    [InlineData("2026/02/29", null)]
    [InlineData("2024/02/29", "2024-02-29T00:00:00.000")]
    [InlineData("2026/13/01", null)]
    [InlineData("2026/00/01", null)]
    [InlineData("0/1/1", null)]
    [InlineData("-2026/06/15", null)]
    [InlineData("2026/06/15E1", null)]
    [InlineData("2026-06-15T12:30:00Z", null)]
    [InlineData("2026-06-15T12:30:00.000", null)]
    [InlineData("2026-06-15T24:00:00.000Z", null)]
    [InlineData("2026-06-15T12:60:00.000Z", null)]
    [InlineData("2026-06-15T12:30:00.1000Z", null)]
    [InlineData("2026-06-15T12:30:00.000z", null)]
    [InlineData("99999999999/01/01", null)]
    [InlineData("tomorrow", null)]
    [InlineData("", null)]
    [InlineData("  ", null)]
    [InlineData(null, null)]
    public void A_date_is_read_as_Java_reads_it(string? date, string? expected)
    {
        var dates = new TagDates(new EngineOptions());
        var time = expected is null ? Unity.Now : DateTimeOffset.Parse(expected + "Z", CultureInfo.InvariantCulture);

        Assert.Equal(expected is null ? null : true, dates.IsAfter(date, time));
        Assert.Equal(expected is null ? null : true, dates.IsBefore(date, time));
        Assert.Equal(expected is null ? null : false, dates.IsAfter(date, time.AddMilliseconds(-1)));
        Assert.Equal(expected is null ? null : false, dates.IsBefore(date, time.AddMilliseconds(1)));
    }

    [Fact]
    public void A_further_form_goes_first_when_it_is_longer()
    {
        var dates = new TagDates(new EngineOptions { TagDateForms = ["yyyy/MM/dd'T'HH:mm:ss.SSS'Z'", "dd.MM"] });

        Assert.True(dates.IsBefore("2026/06/15T12:30:00.000Z", new(2026, 6, 15, 12, 30, 0, TimeSpan.Zero)));
        Assert.True(dates.IsAfter("15.6", new(1970, 6, 15, 0, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("2026-03-08T02:30:00.000Z", null)] // clocks skip it
    [InlineData("2026-03-08T01:30:00.000Z", "2026-03-08T16:30:00.000")] // 09:30 UTC, and by seven hours once more
    [InlineData("2026-11-01T01:30:00.000Z", "2026-11-01T17:30:00.000")] // shown twice: the later
    [InlineData("2026-06-15T05:29:00.000Z", "2026-06-15T19:29:00.000")]
    public void The_offset_of_the_machine_counts_twice(string date, string? expected)
    {
        var dates = new TagDates(new EngineOptions { MachineZone = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles") });
        var first = expected is null ? (DateTimeOffset?)null : DateTimeOffset.Parse(expected + "Z", CultureInfo.InvariantCulture);

        Assert.Equal(first is null ? null : true, dates.IsAfter(date, first ?? Unity.Now));
        Assert.Equal(first is null ? null : false, dates.IsAfter(date, (first ?? Unity.Now).AddMilliseconds(-1)));
    }

    [Fact]
    public void No_change_of_the_answer_goes_unnoticed()
    {
        var random = new Random(11);
        foreach (var zone in (string[])["UTC", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"])
        {
            var dates = new TagDates(new EngineOptions { MachineZone = TimeZoneInfo.FindSystemTimeZoneById(zone) });
            for (var round = 0; round < 15; round++)
            {
                // Near changes of clocks, where an answer can change back.
                DateTimeOffset around = random.Next(3) switch
                {
                    0 => new(2026, 3, 8, 0, 0, 0, TimeSpan.Zero),
                    1 => new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
                    _ => new(2026, 10, 25, 0, 0, 0, TimeSpan.Zero),
                };
                var date = around.AddMinutes(30 * random.Next(-60, 60)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
                for (var at = around.AddDays(-3); at < around.AddDays(4); at = at.AddMinutes(30))
                {
                    var (isAfter, isBefore, next) = (dates.IsAfter(date, at), dates.IsBefore(date, at), dates.NextChange(date, at));
                    var later = at.AddMinutes(30);
                    if (isAfter != dates.IsAfter(date, later) || isBefore != dates.IsBefore(date, later))
                    {
                        Assert.True(next <= later, $"{date} in {zone}: {next:u} comes after {later:u}");
                    }
                }
            }
        }
    }
}
