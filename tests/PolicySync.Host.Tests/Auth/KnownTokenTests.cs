using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Host.Auth;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

/// <summary>A judgement of a token stands as long as nothing could make it another one.</summary>
public sealed class KnownTokenTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly Signer _signer = Signer.P256();
    private readonly KnownTokens _tokens;
    private IReadOnlyList<SecurityKey> _keys;
    private int _judged;

    public KnownTokenTests()
    {
        _keys = PublicKeys.Parse(_signer.PublicPem);
        _tokens = new KnownTokens(_ => Task.FromResult<object>(_keys), _time);
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _signer.Dispose();
    }

    [Fact]
    public async Task A_good_token_is_judged_once_and_says_the_same_each_time()
    {
        var token = Token(expiresIn: TimeSpan.FromHours(1));

        var first = await JudgeAsync(token);
        var second = await JudgeAsync(token);

        Assert.True(second.IsValid);
        Assert.Equal(1, _judged);
        Assert.Equal(first.ClaimsIdentity.Claims.Select(claim => claim.ToString()), second.ClaimsIdentity.Claims.Select(claim => claim.ToString()));
    }

    [Fact]
    public async Task A_token_of_other_claims_or_another_signature_is_another_token()
    {
        await JudgeAsync(Token(TimeSpan.FromHours(1)));
        using var stranger = Signer.P256();

        Assert.True((await JudgeAsync(Token(TimeSpan.FromHours(2)))).IsValid);
        Assert.False((await JudgeAsync(stranger.Token())).IsValid);
        Assert.Equal(3, _judged);
    }

    [Fact]
    public async Task A_token_whose_key_is_taken_out_is_refused_at_once()
    {
        var token = Token(TimeSpan.FromHours(1));
        await JudgeAsync(token);
        using var other = Signer.P256();
        _keys = PublicKeys.Parse(other.PublicPem);

        Assert.False((await JudgeAsync(token)).IsValid);
    }

    [Fact]
    public async Task A_token_is_judged_again_when_it_has_expired()
    {
        var token = Token(TimeSpan.FromMinutes(2));
        await JudgeAsync(token);

        _time.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(2)); // a minute of clocks' difference is forgiven
        await JudgeAsync(token);
        Assert.Equal(1, _judged);

        _time.Advance(TimeSpan.FromSeconds(2));
        await JudgeAsync(token);
        Assert.Equal(2, _judged);
    }

    [Fact]
    public async Task No_judgement_stands_for_longer_than_five_minutes()
    {
        var token = Token(TimeSpan.FromHours(1));
        await JudgeAsync(token);

        _time.Advance(KnownTokens.MaxAge);
        await JudgeAsync(token);

        Assert.Equal(TimeSpan.FromMinutes(5), KnownTokens.MaxAge);
        Assert.Equal(2, _judged);
    }

    [Fact]
    public async Task A_refusal_is_not_remembered()
    {
        var token = Token(TimeSpan.FromHours(1));
        var keys = _keys;
        _keys = [];
        Assert.False((await JudgeAsync(token)).IsValid);
        Assert.False((await JudgeAsync(token)).IsValid);
        Assert.Equal(2, _judged);

        _keys = keys;
        Assert.True((await JudgeAsync(token)).IsValid);
    }

    private string Token(TimeSpan expiresIn) =>
        _signer.Token(claims => claims["exp"] = (_time.GetUtcNow() + expiresIn).ToUnixTimeSeconds());

    private Task<TokenValidationResult> JudgeAsync(string token) => _tokens.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = "policysync",
        ValidAudience = "instance1",
        ClockSkew = TimeSpan.FromMinutes(1),
        IssuerSigningKeyResolver = (_, _, _, _) =>
        {
            _judged++;
            return _keys;
        },
    });
}
