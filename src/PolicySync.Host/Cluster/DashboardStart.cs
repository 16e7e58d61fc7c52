using PolicySync.Grains;

namespace PolicySync.Host.Cluster;

/// <summary>
/// Starts the dashboard's own service once the process has started. Services start concurrently, and it calls a grain, which before the
/// silo is active is tried again several times and then logged as an error.
/// </summary>
internal sealed class DashboardStart(IHostedService dashboard, IHostApplicationLifetime host) : BackgroundService
{
    private const string Package = "Orleans.Dashboard";

    private bool _started;

    /// <summary>Puts itself in the place of the service that <c>AddDashboard</c> has registered.</summary>
    /// <exception cref="InvalidOperationException">There is none: another version of the package registers it in another way.</exception>
    public static void Replace(IServiceCollection services)
    {
        var own = services.SingleOrDefault(service => service.ServiceType == typeof(IHostedService)
            && TypeOf(service)?.Namespace?.StartsWith(Package, StringComparison.Ordinal) == true)
            ?? throw new InvalidOperationException("the dashboard registers no hosted service of its own");
        services.Remove(own);
        services.AddSingleton<IHostedService>(provider => new DashboardStart(
            (IHostedService)(own.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, own.ImplementationType!)),
            provider.GetRequiredService<IHostApplicationLifetime>()));
    }

    private static Type? TypeOf(ServiceDescriptor service) =>
        service.ImplementationType ?? service.ImplementationFactory?.GetType().GenericTypeArguments[1];

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_started)
        {
            await dashboard.StopAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        (dashboard as IDisposable)?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await host.StartedAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested)
        {
            _started = true;
            await dashboard.StartAsync(stoppingToken);
        }
    }
}
