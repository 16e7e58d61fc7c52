namespace PolicySync.Ranger.Schedules;

/// <summary>
/// Local time in a zone, reckoned as Java's GregorianCalendar does it: a time that clocks skip is moved on by what they
/// skip, one that they show twice is the later, and days are added on the clock, hours to the instant.
/// </summary>
internal sealed class WallClock(TimeZoneInfo zone)
{
    /// <summary>What the clock shows.</summary>
    public DateTime At(DateTimeOffset time) => time.UtcDateTime + zone.GetUtcOffset(time);

    /// <summary>When the clock shows a time.</summary>
    public DateTimeOffset When(DateTime local) => Instant(local, zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified)));

    /// <summary>
    /// When the clock shows the same some days later. Where clocks were changed since, the difference is taken back as long
    /// as that does not change the day.
    /// </summary>
    public DateTimeOffset AddDays(DateTimeOffset time, int days)
    {
        var before = zone.GetUtcOffset(time);
        var local = At(time).AddDays(days);
        var moved = Instant(local, before);
        var adjusted = moved + (before - zone.GetUtcOffset(moved));
        return At(adjusted).Date == local.Date ? adjusted : moved;
    }

    /// <summary>Whether the clock ever shows a time: those that clocks skip it does not.</summary>
    public bool Exists(DateTime local) => !zone.IsInvalidTime(DateTime.SpecifyKind(local, DateTimeKind.Unspecified));

    /// <summary>The offset of the zone at a time.</summary>
    public TimeSpan OffsetAt(DateTimeOffset time) => zone.GetUtcOffset(time);

    private static DateTimeOffset Instant(DateTime local, TimeSpan offset) => new(DateTime.SpecifyKind(local - offset, DateTimeKind.Utc));
}
