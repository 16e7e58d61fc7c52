using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PolicySync.Adapters;
using PolicySync.Adapters.Workspaces;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>What sequences share that run one after the other: a clock, a workspace and the adapters that talk to it.</summary>
internal sealed class Worker : IDisposable
{
    public const string Token = "t";
    public const string Warehouse = "w";

    private readonly ServiceProvider _services;

    /// <param name="policies">A folder of policies for <see cref="IPolicySource"/>; null where the test has a source of its own.</param>
    public Worker(string? policies = null)
    {
        Workspace = new InMemoryWorkspace(Time);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<TimeProvider>(Time).AddSingleton(new Random(1)).AddMetrics().AddSingleton<GrainMetrics>();
        services.Configure<WorkspaceOptions>(Configure);
        services.Configure<PrincipalsOptions>(Configure);
        services.Configure<PoliciesOptions>(options => (options.Source, options.Folder) = (PolicySourceKind.Folder, policies));
        services.AddPolicySyncAdapters();
        services.AddHttpClient(WorkspaceHttp.ApiClient).ConfigurePrimaryHttpMessageHandler(() => Workspace);
        _services = services.BuildServiceProvider();
        Metrics = _services.GetRequiredService<GrainMetrics>();
    }

    public LeapingTime Time { get; } = new();

    public InMemoryWorkspace Workspace { get; }

    public GrainMetrics Metrics { get; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static void Configure(WorkspaceOptions options)
    {
        (options.Host, options.Token, options.WarehouseId) = (new Uri("https://workspace.test"), Token, Warehouse);
        (options.RequestsPerSecond, options.MaxConcurrency) = (100_000, 100);
    }

    public static void Configure(PrincipalsOptions options) => options.MaxAge = TimeSpan.FromSeconds(1);

    public void Dispose()
    {
        _services.Dispose();
        Workspace.Dispose();
    }
}
