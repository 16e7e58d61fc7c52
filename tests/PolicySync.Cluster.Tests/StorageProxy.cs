using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace PolicySync.Cluster.Tests;

/// <summary>The shares of storage requests that are answered 503.</summary>
/// <param name="Refused">Share that is refused without effect.</param>
/// <param name="Lost">Share that takes effect although the answer is 503.</param>
internal sealed record StorageTrouble(double Refused, double Lost)
{
    public static StorageTrouble None { get; } = new(0, 0);
}

/// <summary>A proxy of Azurite, which cannot answer 503 on demand.</summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private static readonly HashSet<string> OfOneConnection = new(
        ["Connection", "Keep-Alive", "Transfer-Encoding", "Host", "Expect"], StringComparer.OrdinalIgnoreCase);

    private readonly WebApplication _app;
    private readonly HttpClient _azurite = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly int _port;
    private readonly Random _random;
    private int _unavailable;

    private StorageProxy(int port, int seed)
    {
        _port = port;
        _random = new Random(seed);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public StorageTrouble Trouble { get; set; } = StorageTrouble.None;

    /// <summary>Requests that were answered 503.</summary>
    public int Unavailable => _unavailable;

    public static async Task<StorageProxy> StartAsync(int port, int seed)
    {
        var proxy = new StorageProxy(port, seed);
        await proxy._app.StartAsync();
        return proxy;
    }

    public string ConnectionStringLike(string connectionString) => connectionString.Replace(
        $":{_port}/", $":{new Uri(_app.Urls.Single()).Port}/", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _azurite.Dispose();
    }

    private async Task ServeAsync(HttpContext http)
    {
        var (trouble, dice) = (Trouble, Dice());
        if (dice >= trouble.Refused)
        {
            using var answer = await ForwardAsync(http);
            if (dice >= trouble.Refused + trouble.Lost)
            {
                await GiveBackAsync(answer, http);
                return;
            }
        }

        Interlocked.Increment(ref _unavailable);
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync("""{"odata.error":{"code":"ServerBusy","message":{"lang":"en-US","value":"busy"}}}""");
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpContext http)
    {
        // The signature covers the path as sent.
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = new HttpRequestMessage(
            new HttpMethod(http.Request.Method),
            new Uri($"http://127.0.0.1:{_port}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in http.Request.Headers.Where(header => !OfOneConnection.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return await _azurite.SendAsync(request, http.RequestAborted);
    }

    private static async Task GiveBackAsync(HttpResponseMessage answer, HttpContext http)
    {
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !OfOneConnection.Contains(header.Key)))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        if (answer.StatusCode != HttpStatusCode.NoContent)
        {
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }

    private double Dice()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }
}
