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
        [Critical, Securables, Expired, NotYetValid, Audience, Issuer, Signature, Malformed, Other];

    /// <summary>The token requires an extension that the service does not support.</summary>
    public const string Critical = "critical";

    /// <summary>The claim that limits the token to securables cannot be read.</summary>
    public const string Securables = "securables";
    public const string Expired = "expired";
    public const string NotYetValid = "not_yet_valid";
    public const string Audience = "audience";
    public const string Issuer = "issuer";
    public const string Signature = "signature";
    public const string Malformed = "malformed";
    public const string Other = "other";

    private const string SignIn = "sign-in";
    private const string Unchecked = "unchecked";
    private const string Authority = "authority";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sample> _samples = new(StringComparer.Ordinal);

    /// <summary>Records an invalid token, with the library's exception. Returns the kind of failure, one of <see cref="Reasons"/>.</summary>
    public string Note(Exception failure)
    {
        var reason = ReasonOf(failure);
        Note(reason);
        return reason;
    }

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

    /// <summary>Records a sign-in with the authority that did not succeed.</summary>
    /// <param name="kind">The kind, which is not taken from the browser or the authority.</param>
    /// <param name="failure">The exception below; null without one.</param>
    public void NoteAuthority(string kind, Exception? failure)
    {
        if (Due($"{Authority} {kind}") is { } count)
        {
            LogAuthority(failure, count, kind);
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
    public static string ReasonOf(Exception failure) => failure switch
    {
        SecurityTokenExpiredException or SecurityTokenNoExpirationException => Expired,
        SecurityTokenNotYetValidException => NotYetValid,
        SecurityTokenInvalidAudienceException => Audience,
        SecurityTokenInvalidIssuerException => Issuer,
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidSigningKeyException or SecurityTokenInvalidAlgorithmException => Signature,
        SecurityTokenMalformedException or ArgumentException => Malformed,
        _ => Other,
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

    [LoggerMessage(EventId = 1122, Level = LogLevel.Warning, Message = "Could not finish {Count} sign-ins with the authority since the last line of this kind: {Reason}")]
    private partial void LogAuthority(Exception? e, long count, string reason);

    private sealed record Sample(long Unlogged, long? Logged);
}
