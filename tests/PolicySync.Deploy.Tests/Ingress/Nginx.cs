using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PolicySync.Deploy.Tests.Ingress;

/// <summary>
/// Debian's nginx with TLS and HTTP/2 before some gateways, in turn, set as the annotations of the Ingress ask: what the
/// NGINX ingress controller makes of them, by hand.
/// </summary>
internal sealed class Nginx : IAsyncDisposable
{
    /// <summary>Where its requests come from, so that the gateways can tell them from others on this machine.</summary>
    public const string Address = "127.0.0.2";

    private readonly string _folder = Directory.CreateTempSubdirectory("policysync-nginx-").FullName;
    private ChildProcess? _process;

    public Uri Url { get; } = new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{FreePort.Next()}/"));

    public string Log => (_process?.Output ?? "") + (File.Exists(At("error.log")) ? File.ReadAllText(At("error.log")) : "");

    /// <summary>What it passed on, a line per request: gateway, its status, method and address. Several gateways, with commas, when the first ones did not answer.</summary>
    public IReadOnlyList<string> Served => File.ReadAllLines(At("access.log"));

    /// <summary>Starts it before gateways.</summary>
    /// <param name="gateways">Where they listen.</param>
    /// <param name="asked">The annotations of the Ingress, without <c>nginx.ingress.kubernetes.io/</c>.</param>
    public static async Task<Nginx> StartAsync(IEnumerable<Uri> gateways, IReadOnlyDictionary<string, string> asked)
    {
        var nginx = new Nginx();
        nginx.WriteCertificate();
        await File.WriteAllTextAsync(nginx.At("nginx.conf"), nginx.Configuration(asked, gateways));
        nginx._process = ChildProcess.Start("/usr/sbin/nginx", ["-p", nginx._folder, "-c", nginx.At("nginx.conf")]);
        await Wait.ForAsync(
            async () =>
            {
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(nginx.Url.Host, nginx.Url.Port);
                    return true;
                }
                catch (SocketException e)
                {
                    return nginx._process.HasExited ? throw new InvalidOperationException(nginx.Log, e) : false;
                }
            },
            open => open, TimeSpan.FromSeconds(30), _ => nginx.Log);
        return nginx;
    }

    /// <summary>A client that speaks HTTP/2 and knows the certificate.</summary>
    public HttpClient Client(string token)
    {
        var trusted = X509CertificateLoader.LoadCertificateFromFile(At("tls.crt")).Thumbprint;
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 shown && shown.Thumbprint == trusted;
        var client = new HttpClient(handler) { BaseAddress = Url, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Configuration(IReadOnlyDictionary<string, string> asked, IEnumerable<Uri> gateways)
    {
        // Whatever is asked for has to be understood here: an annotation that nobody tries proves nothing.
        Assert.Equal(
            ["backend-protocol", "proxy-body-size", "proxy-connect-timeout", "proxy-next-upstream", "proxy-next-upstream-tries", "proxy-read-timeout", "ssl-redirect"],
            asked.Keys.Order(StringComparer.Ordinal));
        return $$"""
            daemon off;
            master_process off;
            pid {{At("nginx.pid")}};
            error_log {{At("error.log")}} warn;
            worker_processes 1;
            events { worker_connections 1024; }
            http {
              log_format served '$upstream_addr $upstream_status $request_method $request_uri';
              access_log {{At("access.log")}} served;
              client_body_temp_path {{At("body")}}; proxy_temp_path {{At("proxy")}}; fastcgi_temp_path {{At("fastcgi")}}; uwsgi_temp_path {{At("uwsgi")}}; scgi_temp_path {{At("scgi")}};
              upstream gateways {
                {{string.Concat(gateways.Select(gateway => $"server 127.0.0.1:{gateway.Port} max_fails=0; "))}}
                keepalive 32;
              }
              server {
                listen 127.0.0.1:{{Url.Port}} ssl http2;
                ssl_certificate {{At("tls.crt")}}; ssl_certificate_key {{At("tls.key")}};
                client_max_body_size {{asked["proxy-body-size"]}};
                location / {
                  proxy_pass {{asked["backend-protocol"].ToLowerInvariant()}}://gateways;
                  proxy_bind {{Address}};
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Host $host;
                  proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_set_header X-Forwarded-Host $host;
                  proxy_connect_timeout {{asked["proxy-connect-timeout"]}}s;
                  proxy_read_timeout {{asked["proxy-read-timeout"]}}s;
                  proxy_next_upstream {{asked["proxy-next-upstream"]}};
                  proxy_next_upstream_tries {{asked["proxy-next-upstream-tries"]}};
                }
              }
            }
            """;
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=policy-sync.example.com", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(At("tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(At("tls.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private string At(string file) => Path.Combine(_folder, file);
}
