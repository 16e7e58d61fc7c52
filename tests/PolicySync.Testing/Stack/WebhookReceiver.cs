using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace PolicySync.Testing;

/// <summary>A request as a receiver of webhooks got it.</summary>
public sealed record ReceivedWebhook(string Path, IReadOnlyDictionary<string, string> Headers, string Body, DateTimeOffset Time)
{
    public string Id => Headers["webhook-id"];

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Event => (string)Json["type"]!;

    public JsonNode Data => Json["data"]!;

    /// <summary>
    /// Whether one of the signatures is that of the secret and the time is now, as the library for receivers checks it. It looks at the first
    /// signature only, so each is given to it alone.
    /// </summary>
    public bool IsSignedBy(string secret) => Headers["webhook-signature"].Split(' ').Any(signature =>
    {
        var headers = new HeaderDictionary { ["webhook-id"] = Id, ["webhook-timestamp"] = Headers["webhook-timestamp"], ["webhook-signature"] = signature };
        try
        {
            new StandardWebhook(secret).Verify(Body, headers);
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    });
}

/// <summary>Receives webhooks on loopback.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<ReceivedWebhook> _received = [];
    private readonly Task _serving;

    public WebhookReceiver()
    {
        Url = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>Answers a request; 204 by default.</summary>
    public Action<ReceivedWebhook, HttpListenerResponse> Answer { get; set; } = static (_, response) => response.StatusCode = 204;

    /// <summary>What was received, oldest first.</summary>
    public IReadOnlyList<ReceivedWebhook> Received => [.. _received];

    public Task<IReadOnlyList<ReceivedWebhook>> UntilAsync(Func<IReadOnlyList<ReceivedWebhook>, bool> holds, string what, Func<string>? log = null) =>
        Wait.ForAsync(() => Task.FromResult(Received), holds, TimeSpan.FromSeconds(90), seen => $"{what}: {seen?.Count} webhooks. {log?.Invoke()}");

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext http;
            try
            {
                http = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => AnswerAsync(http));
        }
    }

    private async Task AnswerAsync(HttpListenerContext http)
    {
        using var reader = new StreamReader(http.Request.InputStream);
        var received = new ReceivedWebhook(
            http.Request.Url!.PathAndQuery,
            http.Request.Headers.AllKeys.OfType<string>().ToDictionary(name => name, name => http.Request.Headers[name]!, StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync(),
            TimeProvider.System.GetUtcNow());
        _received.Enqueue(received);
        try
        {
            Answer(received, http.Response);
            http.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // the sender has left
        }
    }
}
