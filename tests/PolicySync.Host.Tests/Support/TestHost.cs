using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Drift;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Host.Configuration;
using PolicySync.Host.Storage;
using PolicySync.Ui.Hosting;

namespace PolicySync.Host.Tests.Support;

/// <summary>The front of the service (API, authentication, health, metrics, document) in memory, on a store of our own.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestFolder _folder;

    private TestHost(WebApplication app, TestFolder folder, Signer signer, TestStore store, TestDrift drift, LogLines log)
    {
        Drift = drift;
        _app = app;
        _folder = folder;
        Signer = signer;
        Store = store;
        Log = log;
        Anonymous = app.GetTestClient();
        Client = ClientWith(signer.Token());
    }

    public Signer Signer { get; }

    public TestStore Store { get; }

    public TestDrift Drift { get; }

    public LogLines Log { get; }

    /// <summary>Sends no token.</summary>
    public HttpClient Anonymous { get; }

    /// <summary>Sends a good token without scopes.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public string KeyFile => _folder.KeyFile;

    public static async Task<TestHost> StartAsync(
        Signer? signer = null, TimeProvider? time = null, LogLevel? level = null, params (string Key, string Value)[] settings)
    {
        signer ??= Signer.P256();
        var folder = new TestFolder(signer.PublicPem);
        var builder = PolicySyncHost.CreateBuilder(folder.Arguments(settings));
        var (read, faults) = Settings.Read(builder.Configuration);
        Assert.Empty(faults);
        var store = new TestStore(time ?? TimeProvider.System);
        var drift = new TestDrift(store);
        var log = new LogLines();
        builder.AddFront(read);
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(log);
        if (level is { } minimum)
        {
            builder.Logging.SetMinimumLevel(minimum).AddFilter((_, _) => true);
        }

        builder.Services.AddSingleton<ITaskStore>(store);
        builder.Services.AddSingleton<ITaskKeys, MemoryTaskKeys>();
        builder.Services.AddSingleton<ICandidateSets, MemoryCandidateSets>();
        builder.Services.AddSingleton<IWatchedSets, MemoryWatchedSets>();
        builder.Services.AddSingleton(SilentGrains.Create(() => store.Before()));
        builder.Services.AddSingleton<IAccessIndex>(new TestAccessIndex(store));
        builder.Services.AddSingleton<IDriftStore>(drift);
        builder.Services.AddSingleton<MemoryObjectNames>();
        builder.Services.AddSingleton<IObjectNames>(static provider => provider.GetRequiredService<MemoryObjectNames>());
        builder.Services.AddSingleton<MemoryStates>();
        builder.Services.AddSingleton<IStoredRecords, MemoryRecords>();
        builder.Services.Replace(ServiceDescriptor.Singleton(static provider => new OwnApi(
            new Uri("http://localhost"), provider.GetRequiredService<TimeProvider>(), ((TestServer)provider.GetRequiredService<IServer>()).CreateHandler())));
        builder.Services.AddSingleton<ISuspensions>(new TestSuspensions(store, time ?? TimeProvider.System));
        if (time is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(time));
        }

        var app = builder.Build();
        app.MapFront(read);
        await app.StartAsync();
        return new TestHost(app, folder, signer, store, drift, log);
    }

    public HttpClient ClientWith(string token)
    {
        var client = _app.GetTestClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client whose token has scopes.</summary>
    public HttpClient ClientOf(params string[] scopes) => ClientWith(Signer.Token(claims => claims["scope"] = string.Join(' ', scopes)));

    /// <summary>POSTs a good task from an address, with headers.</summary>
    public Task<HttpContext> PostFromAsync(string address, params (string Name, string Value)[] headers) =>
        _app.GetTestServer().SendAsync(http =>
        {
            http.Connection.RemoteIpAddress = IPAddress.Parse(address);
            http.Request.Method = "POST";
            http.Request.Path = Send.Task;
            http.Request.ContentType = "application/json";
            http.Request.Headers.Authorization = $"Bearer {Signer.Token()}";
            http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(Send.Table));
            foreach (var (name, value) in headers)
            {
                http.Request.Headers[name] = value;
            }
        });

    /// <summary>GETs a path from an address, with headers.</summary>
    public Task<HttpContext> GetFromAsync(string address, string path, params (string Name, string Value)[] headers) =>
        _app.GetTestServer().SendAsync(http =>
        {
            http.Connection.RemoteIpAddress = IPAddress.Parse(address);
            (http.Request.Method, http.Request.Path) = ("GET", path);
            foreach (var (name, value) in headers)
            {
                http.Request.Headers[name] = value;
            }
        });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Signer.Dispose();
        _folder.Dispose();
    }
}
