using System.Globalization;

namespace PolicySync.Ui.Parts;

/// <summary>Times and lengths of time in words.</summary>
internal static class Spans
{
    private static readonly (double Seconds, string Word)[] Units =
        [(86_400 * 365.25, "year"), (86_400 * 30.44, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];

    /// <summary>For programs: <c>2026-11-30T09:30:00Z</c>.</summary>
    public static string Machine(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>For people: <c>2026-11-30 09:30:00 UTC</c>.</summary>
    public static string Exact(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>For a field of a form: <c>2026-11-30T09:30</c>.</summary>
    public static string Field(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture) ?? "";

    /// <summary>How long ago, or in how long.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now)
    {
        var span = now - time;
        return Math.Abs(span.TotalSeconds) < 1 ? "now" : span > TimeSpan.Zero ? $"{Length(span)} ago" : $"in {Length(-span)}";
    }

    /// <summary>A length in its largest unit.</summary>
    public static string Length(TimeSpan span)
    {
        foreach (var (seconds, word) in Units)
        {
            if (span.TotalSeconds >= seconds)
            {
                var count = (long)(span.TotalSeconds / seconds);
                return string.Create(CultureInfo.InvariantCulture, $"{count} {word}{(count == 1 ? "" : "s")}");
            }
        }

        return "less than a second";
    }

    /// <summary>A count with its word: <c>1 task</c>, <c>2,000 tasks</c>.</summary>
    public static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>A rate per second, with a decimal place where it is not whole: <c>12.5</c>.</summary>
    public static string Rate(double perSecond) => perSecond.ToString("#,0.#", CultureInfo.InvariantCulture);

    /// <summary>A number with separators.</summary>
    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
