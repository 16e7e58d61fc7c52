using System.Net;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Auth;

/// <summary>
/// Counts refused tokens and logs them: the first of each kind at once, then one line per minute with the number since. Anyone can send
/// invalid tokens at any rate, so the log must not grow with them.
/// </summary>
internal sealed partial class RefusedTokens(ApiMetrics metrics, TimeProvider time, ILogger<RefusedTokens> logger)
{
    /// <summary>Time between two lines of one kind.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>The kinds, which are tags of the metric. None of them is taken from a caller's input.</summary>
    public static readonly IReadOnlyList<string> Reasons =
        [Critical, "expired", "not_yet_valid", "audience", "issuer", "signature", "malformed", "other"];

    /// <summary>The token requires an extension that the service does not support.</summary>
    public const string Critical = "critical";

    private const string SignIn = "sign-in";
    private const string Unchecked = "unchecked";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sample> _samples = new(StringComparer.Ordinal);

    /// <summary>Records an invalid token, with the library's exception.</summary>
    public void Note(Exception failure) => Note(ReasonOf(failure));

    /// <summary>Records a token that is invalid for <paramref name="reason"/>, one of <see cref="Reasons"/>.</summary>
    public void Note(string reason)
    {
        metrics.TokenRefused(reason);
        if (Due(reason) is { } count)
        {
            LogRefused(count, reason);
        }
    }

    /// <summary>Records a refused sign-in. The metric has counted its token already.</summary>
    public void NoteSignIn(IPAddress? address)
    {
        if (Due(SignIn) is { } count)
        {
            LogSignIn(count, address);
        }
    }

    /// <summary>Records a token that could not be validated.</summary>
    public void NoteUnchecked(Exception failure)
    {
        if (Due(Unchecked) is { } count)
        {
            LogUnchecked(failure, count);
        }
    }

    /// <summary>Returns only the kind, as messages of the library can quote the token.</summary>
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

    /// <summary>Returns the number for the line that is due; null when none is.</summary>
    private long? Due(string kind)
    {
        lock (_gate)
        {
            var sample = _samples.GetValueOrDefault(kind) ?? new Sample(0, null);
            var count = sample.Unlogged + 1;
            var due = sample.Logged is not { } logged || time.GetElapsedTime(logged) >= Every;
            _samples[kind] = due ? new Sample(0, time.GetTimestamp()) : sample with { Unlogged = count };
            return due ? count : null;
        }
    }

    [LoggerMessage(EventId = 1110, Level = LogLevel.Information, Message = "Refused {Count} tokens since the last line of this kind: {Reason}")]
    private partial void LogRefused(long count, string reason);

    [LoggerMessage(EventId = 1111, Level = LogLevel.Warning, Message = "Could not validate {Count} tokens since the last line of this kind, as the authority's keys could not be read")]
    private partial void LogUnchecked(Exception e, long count);

    [LoggerMessage(EventId = 1121, Level = LogLevel.Warning, Message = "Refused {Count} sign-ins since the last line of this kind, the last from {Address}")]
    private partial void LogSignIn(long count, IPAddress? address);

    private sealed record Sample(long Unlogged, long? Logged);
}
