using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace PolicySync.Host.Tests.Support;

/// <summary>Signs tokens by hand, so that tests can also make the ones that no library would.</summary>
internal sealed class Signer : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private Signer(AsymmetricAlgorithm key) => _key = key;

    public static Signer P256() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static Signer Rsa(int bits = 2_048) => new(RSA.Create(bits));

    /// <summary>A second signer with the key of <paramref name="other"/>; EC only.</summary>
    public static Signer FromPrivate(Signer other) => new(ECDsa.Create(((ECDsa)other._key).ExportParameters(includePrivateParameters: true)));

    public string Algorithm => _key is RSA ? "RS256" : "ES256";

    public string PublicPem => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    public string PrivatePem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>The public key as a JSON Web Key; RSA only.</summary>
    public Dictionary<string, string> Jwk()
    {
        var key = ((RSA)_key).ExportParameters(includePrivateParameters: false);
        return new() { ["kty"] = "RSA", ["n"] = Base64UrlEncoder.Encode(key.Modulus), ["e"] = Base64UrlEncoder.Encode(key.Exponent) };
    }

    public static JsonObject Claims() => new()
    {
        ["iss"] = "policysync",
        ["aud"] = "instance1",
        ["sub"] = "tester",
        ["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(),
    };

    /// <summary>A token as the service wants it, with what <paramref name="change"/> does to its claims.</summary>
    public string Token(Action<JsonObject>? change = null)
    {
        var claims = Claims();
        change?.Invoke(claims);
        return Sign(new JsonObject { ["alg"] = Algorithm, ["typ"] = "JWT" }, claims);
    }

    public string Sign(JsonNode header, JsonNode claims) => SignText(header.ToJsonString(), claims.ToJsonString());

    public string SignText(string header, string claims)
    {
        var text = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(claims)}";
        return $"{text}.{Base64UrlEncoder.Encode(SignatureOf(text))}";
    }

    public static string Text(JsonNode header, JsonNode claims) =>
        $"{Base64UrlEncoder.Encode(header.ToJsonString())}.{Base64UrlEncoder.Encode(claims.ToJsonString())}";

    public void Dispose() => _key.Dispose();

    private byte[] SignatureOf(string text) => _key switch
    {
        RSA rsa => rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ECDsa ec => ec.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256),
        _ => throw new NotSupportedException(),
    };
}
