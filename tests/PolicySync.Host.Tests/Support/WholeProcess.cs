using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Tests.Support;

/// <summary>The service as it runs, with its silo and a real socket, on free ports.</summary>
public sealed class WholeProcess : IAsyncLifetime, IDisposable
{
    private readonly TestFolder _folder;
    private readonly HttpClient _client = new();
    private WebApplication? _app;

    public WholeProcess() => _folder = new TestFolder(Signer.PublicPem);

    internal Signer Signer { get; } = Signer.P256();

    internal HttpClient Client => _client;

    internal string PoliciesFolder => _folder.Path;

    public async Task InitializeAsync()
    {
        var builder = PolicySyncHost.CreateBuilder(_folder.Arguments(
            ("PolicySync:Cluster:SiloPort", $"{FreePort.Next()}"), ("PolicySync:Cluster:GatewayPort", $"{FreePort.Next()}")));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var (settings, faults) = Settings.Read(builder.Configuration);
        Assert.Empty(faults);
        builder.AddFront(settings);
        builder.AddWork(settings);
        _app = builder.Build();
        _app.MapFront(settings);
        _app.MapWork();
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
        Signer.Dispose();
    }
}
