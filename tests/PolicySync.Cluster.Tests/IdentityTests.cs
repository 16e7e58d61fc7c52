using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PolicySync.Cluster.Tests;

/// <summary>
/// A storage account that is configured by address alone: Azure.Identity provides the credential. The test serves the endpoint
/// of a managed identity, Azurite accepts bearer tokens over TLS, and no key exists.
/// </summary>
public sealed class IdentityTests(AzuriteFixture azurite) : ClusterTest(azurite)
{
    private const string Header = "secret-of-the-endpoint";
    private const string Resource = "https://storage.azure.com";

    private readonly string _folder = Directory.CreateTempSubdirectory("identity-").FullName;
    private int _asked;
    private int _refused;

    [Fact]
    public async Task Storage_that_is_configured_by_its_address_is_used_with_tokens_of_the_processs_identity()
    {
        var (certificate, key) = MakeCertificate();
        var secured = new AzuriteFixture { Arguments = ["--oauth", "basic", "--cert", certificate, "--key", key] };
        await secured.InitializeAsync();
        try
        {
            var token = Token();
            await using var identity = await StartIdentityAsync(token);
            var cluster = await StartOnAsync(
                connectionString: "", silos: 1, gateways: 1, homes: null,
                ("Storage:ServiceUri", $"https://127.0.0.1:{secured.TablePort}/devstoreaccount1"),
                ("IDENTITY_ENDPOINT", $"{identity.Urls.Single()}/token"), ("IDENTITY_HEADER", Header), ("SSL_CERT_FILE", certificate));
            using var client = cluster.Client();

            var task = await client.EndOfAsync(await client.PostAsync(Payload.Table(Tables[0])));

            Assert.Equal("SUCCESS", (string?)task["status"]);
            Assert.True(await Emulator.HoldsAsync("table", Tables[0], "analysts", "SELECT"));
            Assert.Equal(0, _refused);
            Assert.InRange(_asked, 2, 20); // each process asks for its own token and caches it
            Assert.All(cluster.All, member => Assert.DoesNotContain(token, member.Log, StringComparison.Ordinal));
        }
        finally
        {
            await secured.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Serves tokens like App Service: for one resource, to callers that send the secret header.</summary>
    private async Task<WebApplication> StartIdentityAsync(string token)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/token", (HttpRequest request) =>
        {
            if (request.Headers["X-IDENTITY-HEADER"] != Header || request.Query["resource"] != Resource)
            {
                Interlocked.Increment(ref _refused);
                return Results.StatusCode(StatusCodes.Status401Unauthorized);
            }

            Interlocked.Increment(ref _asked);
            return Results.Json(new Dictionary<string, string>
            {
                ["access_token"] = token,
                ["expires_on"] = $"{TimeProvider.System.GetUtcNow().AddHours(8).ToUnixTimeSeconds()}",
                ["resource"] = Resource,
                ["token_type"] = "Bearer",
            });
        });
        await app.StartAsync();
        return app;
    }

    // Azurite checks everything except the signature.
    private static string Token()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Part(new { alg = "RS256", typ = "JWT" }) + "."
            + Part(new { aud = Resource, iss = "https://sts.windows.net/00000000-0000-0000-0000-000000000001/", iat = now, nbf = now - 60, exp = now + 36_000 })
            + "." + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(64));
    }

    private static string Part(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));

    private (string Certificate, string Key) MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=storage of a test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (file, keyFile) = (Path.Combine(_folder, "storage.crt"), Path.Combine(_folder, "storage.key"));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (file, keyFile);
    }
}
