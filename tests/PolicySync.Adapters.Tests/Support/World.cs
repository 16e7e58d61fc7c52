using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PolicySync.Adapters.Workspaces;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Tests.Support;

/// <summary>The adapters as the host wires them, over a stub network and fake time.</summary>
internal sealed class World : IDisposable
{
    public const string Token = "dapi0123456789abcdef0123456789abcdef";

    private readonly ServiceProvider _services;

    public World(Action<WorkspaceOptions>? workspace = null, Action<PrincipalsOptions>? principals = null)
    {
        Workspace = new StubWorkspace(Time);
        Identity = new StubWorkspace(Time);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(new Random(1));
        services.AddOptions<WorkspaceOptions>().Configure(options =>
        {
            options.Host = new Uri("https://adb-1.2.azuredatabricks.net");
            options.Token = Token;
            // Most tests are not about the budget.
            options.RequestsPerSecond = 100_000;
            workspace?.Invoke(options);
        });
        services.AddOptions<PrincipalsOptions>().Configure(options => principals?.Invoke(options));
        // Azure.Identity brings its own client; its requests come to the same stub.
        services.AddSingleton<HttpPipelineTransport>(new HttpClientTransport(Identity));
        services.AddPolicySyncAdapters();
        services.AddHttpClient(WorkspaceHttp.ApiClient).ConfigurePrimaryHttpMessageHandler(() => Workspace);
        services.AddHttpClient(WorkspaceHttp.TokenClient).ConfigurePrimaryHttpMessageHandler(() => Identity);
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public TestTime Time { get; } = new();

    public LogCapture Log { get; } = new();

    /// <summary>Answers the API.</summary>
    public StubWorkspace Workspace { get; }

    /// <summary>Answers requests for tokens.</summary>
    public StubWorkspace Identity { get; }

    public CallMeter Meter { get; } = new();

    public IUnityCatalog Catalog => Get<IUnityCatalog>();

    public IPrincipalDirectory Directory => Get<IPrincipalDirectory>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public void Dispose() => _services.Dispose();

    /// <summary>The expected failure of <paramref name="call"/>.</summary>
    public static async Task<SyncException> FailureOf(Func<Task> call) => await Assert.ThrowsAsync<SyncException>(call);
}
