using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PolicySync.Testing;

/// <summary>A key pair whose public half lies in a file, and tokens signed with it.</summary>
public sealed class Tokens : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Tokens() => File.WriteAllText(KeyFile, _key.ExportSubjectPublicKeyInfoPem());

    public string KeyFile { get; } = Path.Combine(Path.GetTempPath(), $"key-{Guid.NewGuid():N}.pem");

    public string Sign(string scope)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var text = Part(new { alg = "ES256", typ = "JWT" }) + "."
            + Part(new { iss = "policysync", aud = "instance1", sub = "tests", iat = now, exp = now + 36_000, scope });
        return text + "." + Base64Url(_key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));
    }

    public void Dispose()
    {
        _key.Dispose();
        File.Delete(KeyFile);
    }

    private static string Part(object part) => Base64Url(JsonSerializer.SerializeToUtf8Bytes(part));

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
