using System.Globalization;
using System.Text.RegularExpressions;

namespace PolicySync.Host.Configuration;

/// <summary>Validates the text of one configuration value before it is bound.</summary>
internal static partial class ConfigurationText
{
    /// <summary>Returns why <paramref name="text"/> is not a valid <paramref name="type"/>; null when it is.</summary>
    public static string? Fault(string text, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => null,
            _ when type == typeof(bool) => bool.TryParse(text, out _) ? null : "must be `true` or `false`",
            _ when type == typeof(int) => Is<int>(text) ? null : "must be a whole number",
            _ when type == typeof(long) => Is<long>(text) ? null : "must be a whole number",
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) ? null : "must be a number such as `0.5`",
            // TimeSpan.Parse reads `5` as five days, which is hardly ever meant.
            _ when type == typeof(TimeSpan) => Duration().IsMatch(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _)
                ? null : "must be a duration, `hh:mm:ss` or `d.hh:mm:ss`",
            _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out _) ? null : "must be an absolute URL",
            _ when type.IsEnum => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase)
                ? null : $"must be one of {string.Join(", ", Enum.GetNames(type).Select(name => $"`{name}`"))}",
            _ => throw new NotSupportedException($"no text form is known for {type}"),
        };
    }

    private static bool Is<T>(string text)
        where T : struct, IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out _);

    [GeneratedRegex(@"^(\d{1,8}\.)?\d{1,2}:\d{2}:\d{2}(\.\d{1,7})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Duration();
}
