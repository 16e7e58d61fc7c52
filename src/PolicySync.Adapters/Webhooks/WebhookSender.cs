using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Webhooks;
using StandardWebhooks;

namespace PolicySync.Adapters.Webhooks;

/// <summary>
/// Sends events as Standard Webhooks defines. It follows no redirect, reads no body of an answer, uses no proxy, and connects as
/// <see cref="GuardedConnections"/> allows.
/// </summary>
internal sealed class WebhookSender : IWebhookSender, IDisposable
{
    /// <summary>Longest time of one attempt.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Connections to one endpoint.</summary>
    private const int MaxConnections = 8;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection is used, so that a changed address of the endpoint is noticed.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly EndpointSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public WebhookSender(EndpointSecrets secrets, IOptions<WebhooksOptions> options, TimeProvider time)
        : this(secrets, new GuardedConnections(options.Value.AllowedHosts, Dns.GetHostAddressesAsync), time)
    {
    }

    internal WebhookSender(EndpointSecrets secrets, GuardedConnections connections, TimeProvider time)
    {
        (_secrets, _time) = (secrets, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = connections.ConnectAsync,
            AllowAutoRedirect = false,
            UseProxy = false, // a proxy would connect to addresses that are refused here
            UseCookies = false,
            ActivityHeadersPropagator = null, // ids of our traces are of no use to others
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = MaxConnections,
            PooledConnectionLifetime = ConnectionLifetime,
            MaxResponseHeadersLength = 16, // KiB
            MaxResponseDrainSize = 16 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan, // the limit of an attempt is its own
        };
    }

    public async Task<WebhookAnswer> SendAsync(WebhookEndpoint endpoint, string id, string payload, CancellationToken cancellation)
    {
        var secrets = await _secrets.CurrentAsync(endpoint, cancellation);
        if (secrets.Count == 0)
        {
            return new WebhookAnswer(WebhookResult.Failed, "its secret file cannot be used");
        }

        using var limit = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = Request(endpoint.Url!, id, payload, secrets);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Judge(answer);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new WebhookAnswer(WebhookResult.Failed, $"no answer within {Timeout.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new WebhookAnswer(WebhookResult.Failed, ReasonOf(e));
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(Uri url, string id, string payload, IReadOnlyList<string> secrets)
    {
        var now = _time.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(payload, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", string.Join(' ', secrets.Select(secret => new StandardWebhook(secret).Sign(id, now, payload))));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("PolicySync", null));
        return request;
    }

    private WebhookAnswer Judge(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        return answer.IsSuccessStatusCode ? new WebhookAnswer(WebhookResult.Delivered)
            : answer.StatusCode == HttpStatusCode.Gone ? new WebhookAnswer(WebhookResult.Gone, "it answered 410")
            : new WebhookAnswer(
                WebhookResult.Failed,
                status is >= 300 and < 400 ? $"it answered {status}; redirects are not followed" : $"it answered {status}",
                RetryAfterOf(answer));
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - _time.GetUtcNow() is var wait && wait > TimeSpan.Zero => wait,
        _ => null,
    };

    // The text of an exception may repeat the URL, so only what is known to be without it is returned.
    private static string ReasonOf(Exception e) => e switch
    {
        RefusedAddressException => e.Message,
        HttpRequestException { InnerException: RefusedAddressException refused } => refused.Message,
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => $"it could not be called ({http.HttpRequestError})",
        _ => $"it could not be called ({(e.InnerException ?? e).GetType().Name})",
    };
}
