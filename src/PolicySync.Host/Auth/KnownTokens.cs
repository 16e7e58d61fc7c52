using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace PolicySync.Host.Auth;

/// <summary>
/// Remembers tokens that were found good, since a client sends the same one with every request and checking a signature
/// costs more than all else about a request. A token is judged again when the keys are others than they were then, when
/// it has expired, and in any case after <see cref="MaxAge"/>. One that was refused is judged each time.
/// </summary>
internal sealed class KnownTokens : JsonWebTokenHandler, IDisposable
{
    /// <summary>Longest time that a judgement stands.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private const int MaxTokens = 10_000;

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MaxTokens });
    private readonly TimeProvider _time;
    private readonly Func<TokenValidationParameters, Task<object>> _keys;

    /// <summary>A handler that has judged nothing yet.</summary>
    /// <param name="keys">The keys as they are now: the same object as long as they are the same.</param>
    /// <param name="time">Tells when a token has expired.</param>
    public KnownTokens(Func<TokenValidationParameters, Task<object>> keys, TimeProvider time)
    {
        (_keys, _time) = (keys, time);
        MapInboundClaims = false;
    }

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var keys = await _keys(validationParameters); // before it is judged: keys that change meanwhile are others next time
        var now = _time.GetUtcNow();
        if (_known.TryGetValue(token, out Judgement? known) && ReferenceEquals(known!.Keys, keys) && now < known.Until)
        {
            return known.Result;
        }

        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (result is { IsValid: true, SecurityToken: JsonWebToken good })
        {
            var expires = new DateTimeOffset(good.ValidTo, TimeSpan.Zero) + validationParameters.ClockSkew;
            var until = expires < now + MaxAge ? expires : now + MaxAge;
            _known.Set(token, new Judgement(result, keys, until), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = MaxAge });
        }

        return result;
    }

    public void Dispose() => _known.Dispose();

    private sealed record Judgement(TokenValidationResult Result, object Keys, DateTimeOffset Until);
}
