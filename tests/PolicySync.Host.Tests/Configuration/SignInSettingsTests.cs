using Microsoft.Extensions.Configuration;
using PolicySync.Host.Configuration;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Configuration;

/// <summary>The settings of the sign-in with an authority.</summary>
public sealed class SignInSettingsTests : IDisposable
{
    private readonly Signer _signer = Signer.P256();
    private readonly TestFolder _folder;

    public SignInSettingsTests() => _folder = new TestFolder(_signer.PublicPem);

    public void Dispose()
    {
        _folder.Dispose();
        _signer.Dispose();
    }

    /// <summary>What is set below `Auth` beside an authority, the key at fault, and words of the reason.</summary>
    [Theory]
    [InlineData("ClientId=me;ClientSecret=0123456789abcdef", null, null)]
    [InlineData("ClientId=me;ClientSecretFile=KEYS", null, null)]
    [InlineData("ClientId=me;ClientSecret=0123456789abcdef;SignInScopes=openid api://x/policysync.read", null, null)]
    [InlineData("ClientId=me", "ClientSecret", "exactly one of `ClientSecret` and `ClientSecretFile`")]
    [InlineData("ClientId=me;ClientSecret=0123456789abcdef;ClientSecretFile=KEYS", "ClientSecret", "exactly one of")]
    [InlineData("ClientSecret=0123456789abcdef", "ClientId", "is required beside a client secret")]
    [InlineData("ClientId=instance1;ClientSecret=0123456789abcdef", "ClientId", "must differ from `Audience`")]
    [InlineData("ClientId=me;Audience=me;ClientSecret=0123456789abcdef", "ClientId", "must differ from `Audience`")]
    [InlineData("ClientId=me;ClientSecret=0123456789abcde", "ClientSecret", "16 characters or more")]
    [InlineData("ClientId=me;ClientSecretFile=/nowhere/secret", "ClientSecretFile", "there is no file")]
    [InlineData("ClientId=me;ClientSecretFile=POLICIES", "ClientSecretFile", "16 characters or more")]
    [InlineData("SignInScopes=policysync.read", "SignInScopes", "must have `openid`")]
    [InlineData("SignInScopes=openid,policysync.read", "SignInScopes", "must have `openid`")]
    [InlineData("SignInScopes=openid  policysync.read", "SignInScopes", "with one space between them")]
    [InlineData("SignInScopes=openid \"x\"", "SignInScopes", "with one space between them")]
    [InlineData("PublicKeyFile=KEYS;Authority=;ClientId=me;ClientSecret=0123456789abcdef", "ClientId", "set `Authority`")]
    public void A_client_is_whole_and_its_secret_cannot_be_guessed(string changes, string? key, string? words)
    {
        var set = changes.Replace("KEYS", _folder.KeyFile, StringComparison.Ordinal)
            .Replace("POLICIES", Path.Combine(_folder.Path, "policies.json"), StringComparison.Ordinal)
            .Split(';').Select(change => change.Split('=', 2)).Select(pair => ($"PolicySync:Auth:{pair[0]}", pair[1]));
        var arguments = _folder.Arguments([("PolicySync:Auth:PublicKeyFile", ""), ("PolicySync:Auth:Authority", "https://login.example"), .. set]);

        var (_, faults) = Settings.Read(new ConfigurationBuilder().AddCommandLine(arguments).Build());

        Assert.DoesNotContain(faults, fault => fault.ToString().Contains("0123456789abcde", StringComparison.Ordinal));
        if (key is null)
        {
            Assert.Empty(faults);
            return;
        }

        var fault = Assert.Single(faults);
        Assert.Equal($"PolicySync:Auth:{key}", fault.Key);
        Assert.Contains(words!, fault.Problem, StringComparison.Ordinal);
    }
}
