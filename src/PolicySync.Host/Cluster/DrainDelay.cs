using PolicySync.Host.Configuration;

namespace PolicySync.Host.Cluster;

/// <summary>
/// Delays the stop of a process that serves the API. Meanwhile <c>/health/ready</c> fails, so the load balancer stops sending
/// requests before the listener closes.
/// </summary>
internal sealed class DrainDelay(Settings settings, TimeProvider time) : IHostedLifecycleService
{
    /// <summary>The default for role <c>Gateway</c>. Role <c>All</c> has none: it is one process, without a load balancer.</summary>
    public static readonly TimeSpan OfGateway = TimeSpan.FromSeconds(3);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        var delay = settings.Cluster.DrainDelay ?? (settings.Process.Role == ProcessRole.Gateway ? OfGateway : TimeSpan.Zero);
        return delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
