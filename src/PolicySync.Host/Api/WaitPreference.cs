using System.Globalization;
using Microsoft.Net.Http.Headers;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>
/// <c>Prefer: wait=N</c> (RFC 7240): the caller would rather wait up to N seconds for the end of the task than ask again. Other
/// preferences are ignored, as that standard says.
/// </summary>
internal static class WaitPreference
{
    public const string Header = "Prefer";
    public const string AppliedHeader = "Preference-Applied";

    /// <summary>Longest wait. A longer one is cut to this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Reads the wait, or its fault; neither when none is preferred.</summary>
    public static (TimeSpan? Wait, Fault? Fault) Read(IHeaderDictionary headers)
    {
        foreach (var preference in headers[Header].SelectMany(value => (value ?? "").Split(',')))
        {
            // Parameters follow a semicolon.
            var parts = preference.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (!parts[0].Equals("wait", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            return parts.Length == 2 && HeaderUtilities.RemoveQuotes(parts[1]).ToString() is { Length: > 0 } digits && digits.All(char.IsAsciiDigit)
                ? (Bounded(digits), null)
                : (null, new Fault("must have the form `wait=N`, with a whole number of seconds", Header: Header));
        }

        return (null, null);
    }

    /// <summary>The value of <see cref="AppliedHeader"/>.</summary>
    public static string Applied(TimeSpan wait) => string.Create(CultureInfo.InvariantCulture, $"wait={wait.TotalSeconds:0}");

    private static TimeSpan Bounded(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < Longest.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : Longest;
}
