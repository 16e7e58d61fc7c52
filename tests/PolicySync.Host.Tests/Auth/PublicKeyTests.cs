using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Host.Auth;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

public sealed class PublicKeyTests
{
    [Fact]
    public async Task Two_keys_are_valid_at_once_and_a_removed_one_stops_being_so_without_a_restart()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(time: time);
        using var next = Signer.Rsa();
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), await AskAsync());

        await File.WriteAllTextAsync(host.KeyFile, host.Signer.PublicPem + "\n# the next one\n" + next.PublicPem);
        time.Advance(PublicKeyFile.MaxAge);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), await AskAsync());

        await File.WriteAllTextAsync(host.KeyFile, next.PublicPem);
        time.Advance(PublicKeyFile.MaxAge);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), await AskAsync());

        async Task<(HttpStatusCode Old, HttpStatusCode Next)> AskAsync()
        {
            using var old = await host.Client.GetAsync($"{Send.Tasks}/1");
            using var other = await host.ClientWith(next.Token()).GetAsync($"{Send.Tasks}/1");
            return (old.StatusCode, other.StatusCode);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData(null)]
    public void A_file_that_is_damaged_or_gone_keeps_the_last_keys(string? damage)
    {
        using var signer = Signer.P256();
        using var folder = new TestFolder(signer.PublicPem);
        var time = new FakeTimeProvider();
        var file = new PublicKeyFile(folder.KeyFile, time, NullLogger<PublicKeyFile>.Instance);
        Assert.Single(file.Current());

        File.Delete(folder.KeyFile);
        if (damage is not null)
        {
            File.WriteAllText(folder.KeyFile, damage);
        }

        time.Advance(PublicKeyFile.MaxAge);
        Assert.Single(file.Current());
    }

    [Fact]
    public void Public_keys_certificates_and_key_sets_are_read()
    {
        using var ec = Signer.P256();
        using var rsa = RSA.Create(3_072);
        var request = new CertificateRequest("CN=signer", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)));

        Assert.Equal(3, PublicKeys.Parse($"{ec.PublicPem}{certificate.ExportCertificatePem()}\n{rsa.ExportRSAPublicKeyPem()}").Count);
        Assert.Single(PublicKeys.Parse(JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", n = jwk.N, e = jwk.E } } })));
    }

    [Theory]
    [InlineData("", "no public key")]
    [InlineData("hello", "no public key")]
    [InlineData("{\"keys\":[]}", "no public key")]
    [InlineData("{", "neither PEM nor a JWK set")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}", "neither RSA")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "cannot be read")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "cannot be read")]
    [InlineData("-----BEGIN OPENSSH THING-----\nAAAA\n-----END OPENSSH THING-----", "not a public key")]
    public void What_is_no_public_key_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => PublicKeys.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Weak_and_private_keys_are_refused()
    {
        using var small = Signer.Rsa(1_024);
        using var good = Signer.P256();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Refused(small.PublicPem, "under 2048 bits");
        Refused(good.PublicPem + other.ExportSubjectPublicKeyInfoPem(), "P-256");
        Refused(good.PublicPem + good.PrivatePem, "private key");

        static void Refused(string text, string reason) =>
            Assert.Contains(reason, Assert.Throws<FormatException>(() => PublicKeys.Parse(text)).Message, StringComparison.Ordinal);
    }
}
