using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace PolicySync.Host.Auth;

/// <summary>Reads public keys from text. Refuses keys that are too weak or not public.</summary>
internal static class PublicKeys
{
    /// <summary>Shortest RSA modulus, in bits (NIST SP 800-131A, RFC 7518 §3.3).</summary>
    public const int MinRsaBits = 2_048;

    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Reads the keys in <paramref name="text"/>: PEM blocks, or a JWK set.</summary>
    /// <exception cref="FormatException">A key cannot be used, or there is none; the message says why.</exception>
    public static IReadOnlyList<SecurityKey> Parse(string text)
    {
        IReadOnlyList<SecurityKey> keys = text.AsSpan().TrimStart().StartsWith('{') ? [.. FromJwks(text)] : [.. FromPem(text)];
        return keys.Count > 0 ? keys : throw new FormatException("holds no public key");
    }

    /// <summary>Returns why <paramref name="key"/> may not verify tokens; null when it may.</summary>
    public static string? Fault(SecurityKey key) => key switch
    {
        RsaSecurityKey { KeySize: < MinRsaBits } => $"holds an RSA key of under {MinRsaBits} bits",
        RsaSecurityKey => null,
        ECDsaSecurityKey ec => ec.ECDsa.ExportParameters(false).Curve.Oid.Value == P256 ? null : "holds an EC key on a curve other than P-256",
        X509SecurityKey certificate => Fault(FromPublicKey(certificate.Certificate.PublicKey)),
        JsonWebKey jwk when jwk.Kty == JsonWebAlgorithmsKeyTypes.RSA && jwk.KeySize >= MinRsaBits => null,
        JsonWebKey jwk when jwk.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve && jwk.Crv == JsonWebKeyECTypes.P256 => null,
        _ => "holds a key that is neither RSA of 2,048 bits or more nor EC on P-256",
    };

    private static IEnumerable<SecurityKey> FromPem(string text)
    {
        var rest = text;
        while (PemEncoding.TryFind(rest, out var block))
        {
            var label = rest[block.Label];
            var data = Convert.FromBase64String(rest[block.Base64Data]);
            rest = rest[block.Location.End..];
            yield return Checked(label switch
            {
                "PUBLIC KEY" => FromSubjectPublicKeyInfo(data),
                "RSA PUBLIC KEY" => FromRsaPublicKey(data),
                "CERTIFICATE" => FromCertificate(data),
                _ when label.EndsWith("PRIVATE KEY", StringComparison.Ordinal) =>
                    throw new FormatException("holds a private key; the service needs the public one only"),
                _ => throw new FormatException($"holds a block `{label}`, which is not a public key"),
            });
        }
    }

    private static IEnumerable<SecurityKey> FromJwks(string text)
    {
        JsonWebKeySet set;
        try
        {
            set = new JsonWebKeySet(text);
        }
        catch (ArgumentException e)
        {
            throw new FormatException("is neither PEM nor a JWK set", e);
        }

        return set.Keys.Select(key => key.HasPrivateKey
            ? throw new FormatException("holds a private key; the service needs the public one only")
            : Checked(key));
    }

    private static SecurityKey FromSubjectPublicKeyInfo(byte[] data) =>
        Read(() => FromPublicKey(PublicKey.CreateFromSubjectPublicKeyInfo(data, out _)));

    private static SecurityKey FromCertificate(byte[] data) => Read(() =>
    {
        using var certificate = X509CertificateLoader.LoadCertificate(data);
        return FromPublicKey(certificate.PublicKey);
    });

    private static SecurityKey FromRsaPublicKey(byte[] data) => Read(() =>
    {
        var rsa = RSA.Create();
        rsa.ImportRSAPublicKey(data, out _);
        return new RsaSecurityKey(rsa);
    });

    private static SecurityKey FromPublicKey(PublicKey key) =>
        key.GetRSAPublicKey() is { } rsa ? new RsaSecurityKey(rsa)
        : key.GetECDsaPublicKey() is { } ec ? new ECDsaSecurityKey(ec)
        : throw new FormatException("holds a key that is neither RSA nor EC");

    private static SecurityKey Read(Func<SecurityKey> read)
    {
        try
        {
            return read();
        }
        catch (CryptographicException e)
        {
            throw new FormatException("holds a key that cannot be read", e);
        }
    }

    private static SecurityKey Checked(SecurityKey key) => Fault(key) is { } fault ? throw new FormatException(fault) : key;
}
