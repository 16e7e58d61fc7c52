using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UnityCatalog.Emulator.Hosting;
using UnityCatalog.Emulator.State;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>
/// The emulator behind a client's last handler: its own routes and pipeline, without a server and without a network.
/// </summary>
internal sealed class InMemoryWorkspace : HttpMessageHandler
{
    private readonly WebApplication _app;
    private readonly WorkspaceHost _host;
    private readonly ILookup<(string Method, int Length), (string[] Template, RequestDelegate Handle)> _routes;

    public InMemoryWorkspace(TimeProvider time)
    {
        _app = EmulatorServer.Build(new EmulatorOptions { Time = time, RecordedCalls = 16 });
        _host = _app.Services.GetRequiredService<WorkspaceHost>();
        _routes = ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Select(method => (Method: method, Template: endpoint.RoutePattern.RawText!.Trim('/').Split('/'), Handle: endpoint.RequestDelegate!)))
            .ToLookup(route => (route.Method, route.Template.Length), route => (route.Template, route.Handle));
    }

    /// <summary>The workspace as it stands.</summary>
    public Workspace Current => _host.Current;

    /// <summary>What befalls calls; null when nothing does.</summary>
    public ICallTrouble? Trouble { get; set; }

    /// <summary>Calls since the last replacement.</summary>
    public int Calls { get; private set; }

    public void Replace(StateDocument document)
    {
        _host.Replace(document);
        (Trouble, Calls) = (null, 0);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = ++Calls;
        Trouble?.Before(call, request);
        var http = await AskAsync(request, cancellationToken);
        var body = ((MemoryStream)http.Response.Body).ToArray();
        var status = (HttpStatusCode)http.Response.StatusCode;
        if (Trouble is { } trouble)
        {
            body = trouble.After(call, request, status, body);
        }

        var response = new HttpResponseMessage(status) { RequestMessage = request, Content = new ByteArrayContent(body) };
        response.Content.Headers.ContentType = http.Response.ContentType is { } type ? MediaTypeHeaderValue.Parse(type) : null;
        if (http.Response.Headers.RetryAfter.FirstOrDefault() is { } retryAfter)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ((IDisposable)_app).Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<HttpContext> AskAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var uri = request.RequestUri!;
        var http = new DefaultHttpContext();
        var feature = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        (feature.Method, feature.Path, feature.RawTarget) = (request.Method.Method, Uri.UnescapeDataString(uri.AbsolutePath), uri.PathAndQuery);
        feature.QueryString = uri.Query;
        http.Request.Headers.Authorization = request.Headers.Authorization?.ToString();
        if (request.Content is { } content)
        {
            var bytes = await content.ReadAsByteArrayAsync(cancellation);
            (http.Request.Body, http.Request.ContentLength, http.Request.ContentType) =
                (new MemoryStream(bytes), bytes.Length, content.Headers.ContentType?.ToString());
        }

        http.Response.Body = new MemoryStream();
        var segments = uri.AbsolutePath.Trim('/').Split('/');
        var handle = _routes[(request.Method.Method, segments.Length)].Where(route => Matches(route.Template, segments))
            .MinBy(route => route.Template.Count(part => part[0] == '{')).Handle
            ?? throw new InvalidOperationException($"no route for {request.Method} {uri}");
        await handle(http);
        return http;
    }

    private static bool Matches(string[] template, string[] segments)
    {
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i][0] != '{' && !string.Equals(template[i], segments[i], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What befalls the calls of one sync.</summary>
internal interface ICallTrouble
{
    /// <summary>Before a call is carried out; what it throws is a call that never arrived.</summary>
    void Before(int call, HttpRequestMessage request);

    /// <summary>After it was carried out: the answer as the client gets it; what it throws is an answer that was lost.</summary>
    byte[] After(int call, HttpRequestMessage request, HttpStatusCode status, byte[] body);
}
