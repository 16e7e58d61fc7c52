using System.Net;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Auth;

/// <summary>
/// Counts the tokens that were refused, and tells of them in the log: of each kind the first at once, and then one line a
/// minute with the number of those since. Anybody can send bad tokens, as fast as a network carries them; neither the log
/// nor who reads it may pay for that.
/// </summary>
internal sealed partial class RefusedTokens(ApiMetrics metrics, TimeProvider time, ILogger<RefusedTokens> logger)
{
    /// <summary>Time between two lines of one kind.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>The kinds there are: tags of the metric. None is taken from what a caller sent.</summary>
    public static readonly IReadOnlyList<string> Reasons =
        [Critical, "expired", "not_yet_valid", "audience", "issuer", "signature", "malformed", "other"];

    /// <summary>The token asks for an extension that nobody here understands.</summary>
    public const string Critical = "critical";

    private const string SignIn = "sign-in";
    private const string Unchecked = "unchecked";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sample> _samples = new(StringComparer.Ordinal);

    /// <summary>A token was judged and is bad; <paramref name="failure"/> is what the library says of it.</summary>
    public void Note(Exception failure) => Note(ReasonOf(failure));

    /// <summary>A token was judged and is bad for <paramref name="reason"/>, one of <see cref="Reasons"/>.</summary>
    public void Note(string reason)
    {
        metrics.TokenRefused(reason);
        if (Due(reason) is { } count)
        {
            LogRefused(count, reason);
        }
    }

    /// <summary>A token that somebody pasted into the sign-in was refused; it is counted where it was judged.</summary>
    public void NoteSignIn(IPAddress? address)
    {
        if (Due(SignIn) is { } count)
        {
            LogSignIn(count, address);
        }
    }

    /// <summary>A token could not be judged at all.</summary>
    public void NoteUnchecked(Exception failure)
    {
        if (Due(Unchecked) is { } count)
        {
            LogUnchecked(failure, count);
        }
    }

    /// <summary>The kind and no more: messages of the library can quote what was sent.</summary>
    private static string ReasonOf(Exception failure) => failure switch
    {
        SecurityTokenExpiredException or SecurityTokenNoExpirationException => "expired",
        SecurityTokenNotYetValidException => "not_yet_valid",
        SecurityTokenInvalidAudienceException => "audience",
        SecurityTokenInvalidIssuerException => "issuer",
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidSigningKeyException or SecurityTokenInvalidAlgorithmException => "signature",
        SecurityTokenMalformedException or ArgumentException => "malformed",
        _ => "other",
    };

    /// <summary>How many a line is to tell of now; null when none is due.</summary>
    private long? Due(string kind)
    {
        lock (_gate)
        {
            var sample = _samples.GetValueOrDefault(kind) ?? new Sample(0, null);
            var count = sample.Untold + 1;
            var due = sample.Told is not { } told || time.GetElapsedTime(told) >= Every;
            _samples[kind] = due ? new Sample(0, time.GetTimestamp()) : sample with { Untold = count };
            return due ? count : null;
        }
    }

    [LoggerMessage(EventId = 1110, Level = LogLevel.Information, Message = "Refused {Count} tokens since this was last told: {Reason}")]
    private partial void LogRefused(long count, string reason);

    [LoggerMessage(EventId = 1111, Level = LogLevel.Warning, Message = "Could not check {Count} tokens since this was last told, as the authority's keys could not be read")]
    private partial void LogUnchecked(Exception e, long count);

    [LoggerMessage(EventId = 1121, Level = LogLevel.Warning, Message = "Refused {Count} sign-ins since this was last told, the last from {Address}")]
    private partial void LogSignIn(long count, IPAddress? address);

    private sealed record Sample(long Untold, long? Told);
}
