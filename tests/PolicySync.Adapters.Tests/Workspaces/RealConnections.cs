using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Workspaces;

/// <summary>What the handler below the stub of other tests does: redirects, cookies, compression, by a server on loopback.</summary>
public sealed class RealConnections : IDisposable
{
    private readonly HttpListener _server = new();
    private readonly ServiceProvider _services;
    private readonly Uri _url;

    public RealConnections()
    {
        _url = Listen();
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<WorkspaceOptions>(options => (options.Host, options.Token) = (_url, "dapi0123456789abcdef"));
        services.AddPolicySyncAdapters();
        _services = services.BuildServiceProvider();
    }

    public void Dispose()
    {
        _services.Dispose();
        _server.Close();
    }

    [Fact]
    public async Task A_redirect_is_not_followed_so_that_no_token_goes_elsewhere()
    {
        var read = ReadAsync();
        await AnswerAsync(response =>
        {
            response.StatusCode = 302;
            response.RedirectLocation = new Uri(_url, "login.html").ToString();
        });

        Assert.Equal(SyncErrorCode.CredentialsRefused, (await Assert.ThrowsAsync<SyncException>(() => read)).Code);
    }

    [Fact]
    public async Task Cookies_of_the_workspace_are_not_sent_back()
    {
        var first = ReadAsync();
        await AnswerAsync(response => response.Headers["Set-Cookie"] = "session=1; Path=/");
        await first;
        var second = ReadAsync();
        var request = await AnswerAsync(_ => { });
        await second;

        Assert.Null(request.Headers["Cookie"]);
    }

    [Fact]
    public async Task A_compressed_answer_is_asked_for_and_read()
    {
        var read = ReadAsync();
        var request = await AnswerAsync(response => response.Headers["Content-Encoding"] = "gzip", """{"full_name":"a.b.c","table_id":"t"}""", isCompressed: true);

        Assert.Equal("t", (await read).Identity);
        Assert.Contains("gzip", request.Headers["Accept-Encoding"], StringComparison.Ordinal);
    }

    private Task<SecurableFacts> ReadAsync() =>
        _services.GetRequiredService<IUnityCatalog>().GetAsync(Securable.Table("a", "b", "c"), new CallMeter(), default);

    private async Task<HttpListenerRequest> AnswerAsync(Action<HttpListenerResponse> set, string body = """{"full_name":"a.b.c"}""", bool isCompressed = false)
    {
        var context = await _server.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60));
        context.Response.ContentType = "application/json";
        set(context.Response);
        await using (var output = isCompressed ? new GZipStream(context.Response.OutputStream, CompressionMode.Compress) : context.Response.OutputStream)
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes(body));
        }

        context.Response.Close();
        return context.Request;
    }

    private Uri Listen()
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        _server.Prefixes.Add(url.ToString());
        _server.Start();
        return url;
    }
}
