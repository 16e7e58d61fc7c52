using System.Globalization;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Suspensions;

/// <summary>Says that nothing is to be written on some securables for a time. Immutable.</summary>
/// <param name="Pattern">The securables. Two suspensions with the same <see cref="NamePattern.Key"/> are one.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="EndTime">From this time on it has no effect; UTC.</param>
/// <param name="CreatedBy">The subject of the token that set it last; null when that token had none.</param>
/// <param name="CreateTime">When it was set last; UTC.</param>
public sealed record Suspension(NamePattern Pattern, string Reason, DateTimeOffset EndTime, string? CreatedBy, DateTimeOffset CreateTime)
{
    /// <summary>Longest pattern, in characters: three names of 255 with two dots.</summary>
    public const int MaxPattern = 767;

    /// <summary>Longest reason, in characters.</summary>
    public const int MaxReason = 500;

    /// <summary>Most suspensions at a time. Every silo reads all of them, and every run that writes compares its securable with them.</summary>
    public const int MaxCount = 500;

    /// <summary>Longest time until the end. It limits how long a forgotten suspension keeps access as it is.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromDays(366);

    /// <summary>Says what is wrong with the text of a pattern; null when nothing is.</summary>
    public static string? FaultOfPattern(string text) =>
        text.Length > MaxPattern ? $"has more than {MaxPattern} characters"
        : text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '/') ? "has a space, a slash or a control character, which no name has"
        : NamePattern.Fault(text);

    /// <summary>Says what is wrong with a reason; null when nothing is.</summary>
    public static string? FaultOfReason(string text) =>
        text.Length > MaxReason ? $"must be at most {MaxReason} characters"
        : string.IsNullOrWhiteSpace(text) ? "must say why"
        : text.Any(char.IsControl) ? "must not have control characters or line breaks"
        : null;

    /// <summary>Says what is wrong with an end; null when nothing is.</summary>
    /// <param name="end">The end.</param>
    /// <param name="now">The time at which the suspension is set.</param>
    public static string? FaultOfEnd(DateTimeOffset end, DateTimeOffset now) =>
        end <= now ? "must be in the future"
        : end - now > MaxDuration ? $"must be at most {MaxDuration.TotalDays.ToString(CultureInfo.InvariantCulture)} days ahead"
        : null;

    /// <summary>Whether it has an effect at <paramref name="now"/>.</summary>
    public bool IsInForce(DateTimeOffset now) => now < EndTime;

    /// <summary>What a task says of a securable that it covers: a clause without a full stop.</summary>
    public string MessageOn(Securable securable) => string.Create(
        CultureInfo.InvariantCulture, $"{securable} is suspended until {EndTime.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} by `{Pattern.Key}`: {Reason}");

    /// <summary>Why nothing is written on a securable that it covers.</summary>
    public SyncException Refusal(Securable securable) => new(SyncErrorCode.Suspended, MessageOn(securable));
}
