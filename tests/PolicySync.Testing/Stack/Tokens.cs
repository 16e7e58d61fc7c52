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

    /// <summary>A token of ten hours.</summary>
    /// <param name="scope">What it opens.</param>
    /// <param name="securables">What the token is limited to; null for no limit.</param>
    public string Sign(string scope, string? securables = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = "policysync", ["aud"] = "instance1", ["sub"] = "tests", ["iat"] = now, ["exp"] = now + 36_000, ["scope"] = scope,
        };
        if (securables is not null)
        {
            claims["policysync.securables"] = securables;
        }

        var text = Part(new { alg = "ES256", typ = "JWT" }) + "." + Part(claims);
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
