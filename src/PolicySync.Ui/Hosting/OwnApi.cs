using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using PolicySync.Client;

namespace PolicySync.Ui.Hosting;

/// <summary>
/// The way from the pages to the API of the same process: by HTTP on loopback with the token of the browser. So rights, limits and errors are
/// those of the API, and a page can show nothing that its viewer could not ask for.
/// </summary>
public sealed class OwnApi : IDisposable
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(60);

    private readonly Func<Uri?> _address;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _raw;
    private readonly HttpMessageHandler _connections;

    /// <summary>Uses connections to the addresses that the server listens on.</summary>
    public OwnApi(IServer server, TimeProvider time, ServedCertificates certificates)
        : this(() => AddressOf(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []), time, Connections(certificates))
    {
    }

    /// <summary>Uses <paramref name="connections"/>, as tests do whose server has no socket.</summary>
    public OwnApi(Uri address, TimeProvider time, HttpMessageHandler connections)
        : this(() => address, time, connections)
    {
    }

    private OwnApi(Func<Uri?> address, TimeProvider time, HttpMessageHandler connections)
    {
        (_address, _time, _connections) = (address, time, connections);
        _raw = new HttpMessageInvoker(connections, disposeHandler: false);
    }

    /// <summary>A client of the API that sends <paramref name="token"/>. It repeats nothing: a failure is shown to the person, who decides.</summary>
    /// <exception cref="HttpRequestException">The server listens nowhere where it can be asked.</exception>
    public IPolicySyncClient ClientFor(string token) => new PolicySyncClient(
        new PolicySyncClientOptions
        {
            Address = Address(),
            Token = _ => ValueTask.FromResult(token),
            MaxAttempts = 1,
            AttemptTimeout = AttemptTimeout,
            WaitPerRequest = TimeSpan.FromSeconds(2),
            Time = _time,
        },
        _connections);

    /// <summary>Opens the stream of a task as it is.</summary>
    /// <param name="token">The token of the browser.</param>
    /// <param name="taskId">Which task.</param>
    /// <param name="lastEventId">The number of the last result that the browser has; null for all.</param>
    /// <param name="cancellation">Closes the stream.</param>
    public Task<HttpResponseMessage> OpenStreamAsync(string token, string taskId, string? lastEventId, CancellationToken cancellation)
    {
        var path = $"/policysync/api/v1/tasks/{Uri.EscapeDataString(taskId)}/events";
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address(), path));
        request.Headers.Authorization = new("Bearer", token);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return _raw.SendAsync(request, cancellation);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _raw.Dispose();
        _connections.Dispose();
    }

    /// <summary>The loopback address of a listener: the first without TLS, or else the first.</summary>
    internal static Uri? AddressOf(IEnumerable<string> listeners) => listeners
        .Select(static text => Uri.TryCreate(Loopback(text), UriKind.Absolute, out var address) ? address : null)
        .Where(static address => address is { Scheme: "http" or "https", Host.Length: > 0, Port: > 0 } && address.Host != "unix")
        .OrderBy(static address => address!.Scheme == Uri.UriSchemeHttps)
        .FirstOrDefault();

    // A listener on every interface is asked on loopback.
    private static string Loopback(string listener) => listener
        .Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
        .Replace("://*", "://127.0.0.1", StringComparison.Ordinal)
        .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
        .Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal);

    private Uri Address() => _address()
        ?? throw new HttpRequestException("the service listens on no address that its pages can ask; add one to ASPNETCORE_URLS");

    private static SocketsHttpHandler Connections(ServedCertificates certificates) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false, // the way is within the process
        PooledConnectionLifetime = TimeSpan.FromMinutes(2), // a renewed certificate is seen
        SslOptions = new() { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificates.Has(certificate) },
    };
}
