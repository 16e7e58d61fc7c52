using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace PolicySync.Ui.Hosting;

/// <summary>
/// The certificates that this process itself serves. Where it listens with TLS only, its pages accept exactly these of it: the name in them
/// is that of the service, never <c>127.0.0.1</c>.
/// </summary>
public sealed class ServedCertificates
{
    private readonly ConcurrentDictionary<string, bool> _hashes = new(StringComparer.Ordinal);

    /// <summary>Remembers the certificate of a connection that the server is about to accept.</summary>
    public void Note(SslServerAuthenticationOptions connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if ((connection.ServerCertificateContext?.TargetCertificate ?? connection.ServerCertificate) is { } certificate)
        {
            _hashes.TryAdd(HashOf(certificate), true);
        }
    }

    /// <summary>Whether this process serves the certificate.</summary>
    public bool Has(X509Certificate? certificate) => certificate is not null && _hashes.ContainsKey(HashOf(certificate));

    private static string HashOf(X509Certificate certificate) => certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
}
