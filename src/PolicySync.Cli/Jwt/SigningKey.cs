using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PolicySync.Cli.Jwt;

/// <summary>A key for tokens: EC on P-256 (ES256), or RSA of 2,048 bits or more (RS256). Only what the service accepts.</summary>
internal sealed class SigningKey : IDisposable
{
    private const int LeastRsaBits = 2048;
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string Remedy = "give a PEM file of an EC key on P-256 or an RSA key of 2,048 bits or more, without a password";

    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    private SigningKey(ECDsa? ec, RSA? rsa) => (_ec, _rsa) = (ec, rsa);

    public string Algorithm => _ec is null ? "RS256" : "ES256";

    /// <summary>Reads a private or public key of a PEM file.</summary>
    public static SigningKey Read(string path)
    {
        var pem = File.ReadAllText(path);
        if (TryEc(pem) is { } ec)
        {
            return ec.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256
                ? new(ec, null)
                : throw new CliException($"the key in {path} is not on the curve P-256", Remedy);
        }

        if (TryRsa(pem) is { } rsa)
        {
            return rsa.KeySize >= LeastRsaBits
                ? new(null, rsa)
                : throw new CliException($"the RSA key in {path} has only {rsa.KeySize} bits", Remedy);
        }

        throw new CliException($"{path} does not have a key that can be read", Remedy);
    }

    /// <summary>Signs claims as a token.</summary>
    public string Sign(JsonObject claims)
    {
        var text = $"{Part(new JsonObject { ["alg"] = Algorithm, ["typ"] = "JWT" })}.{Part(claims)}";
        var bytes = Encoding.ASCII.GetBytes(text);
        try
        {
            var signature = _ec?.SignData(bytes, HashAlgorithmName.SHA256) ?? _rsa!.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{text}.{Base64Url.EncodeToString(signature)}";
        }
        catch (CryptographicException)
        {
            throw new CliException("the key cannot sign: it is a public key", "give the private key");
        }
    }

    /// <summary>Whether this key signed the token, by the algorithm that its header names.</summary>
    public bool Verifies(Token token) => (string?)token.Header["alg"] == Algorithm
        && (_ec?.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA256)
            ?? _rsa!.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public void Dispose()
    {
        _ec?.Dispose();
        _rsa?.Dispose();
    }

    private static string Part(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private static ECDsa? TryEc(string pem) => TryImport(ECDsa.Create(), pem);

    private static RSA? TryRsa(string pem) => TryImport(RSA.Create(), pem);

    private static T? TryImport<T>(T key, string pem)
        where T : AsymmetricAlgorithm
    {
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            return null;
        }
    }
}
