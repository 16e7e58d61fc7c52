using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace PolicySync.Host.Auth;

/// <summary>
/// Caches valid tokens, as a client sends the same token with every request and verifying a signature costs more than the rest of a
/// request. A token is validated again when the keys have changed, when it has expired, and at the latest after
/// <see cref="MaxAge"/>. Refused tokens are not cached.
/// </summary>
internal sealed class KnownTokens : JsonWebTokenHandler, IDisposable
{
    /// <summary>Longest time that a result is used.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private const int MaxTokens = 10_000;

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MaxTokens });
    private readonly TimeProvider _time;
    private readonly Func<TokenValidationParameters, Task<object>> _keys;

    /// <summary>Creates a handler with an empty cache.</summary>
    /// <param name="keys">Returns the current keys: the same object as long as they do not change.</param>
    /// <param name="time">Tells when a token has expired.</param>
    public KnownTokens(Func<TokenValidationParameters, Task<object>> keys, TimeProvider time)
    {
        (_keys, _time) = (keys, time);
        MapInboundClaims = false;
    }

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var keys = await _keys(validationParameters); // read before validation: keys that change meanwhile differ at the next request
        var now = _time.GetUtcNow();
        if (_known.TryGetValue(token, out Verdict? known) && ReferenceEquals(known!.Keys, keys) && now < known.Until)
        {
            return known.Result;
        }

        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (result is { IsValid: true, SecurityToken: JsonWebToken good })
        {
            var expires = new DateTimeOffset(good.ValidTo, TimeSpan.Zero) + validationParameters.ClockSkew;
            var until = expires < now + MaxAge ? expires : now + MaxAge;
            _known.Set(token, new Verdict(result, keys, until), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = MaxAge });
        }

        return result;
    }

    public void Dispose() => _known.Dispose();

    private sealed record Verdict(TokenValidationResult Result, object Keys, DateTimeOffset Until);
}
