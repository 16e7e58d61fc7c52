using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PolicySync.Deploy.Tests.Support;

/// <summary>A certificate authority that nobody knows, and a certificate of <c>localhost</c> that it signed.</summary>
internal sealed class PrivateAuthority : IDisposable
{
    private readonly X509Certificate2 _root;

    public PrivateAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Server = Sign();
    }

    public X509Certificate2 Server { get; }

    public string Pem => _root.ExportCertificatePem();

    public void Dispose()
    {
        _root.Dispose();
        Server.Dispose();
    }

    private X509Certificate2 Sign()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(_root, new DateTimeOffset(_root.NotBefore), new DateTimeOffset(_root.NotAfter), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
