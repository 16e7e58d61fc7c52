using PolicySync.Host.Configuration;

namespace PolicySync.Host.Cluster;

/// <summary>
/// Keeps a process that serves the API answering for a while after it was told to stop, while <c>/health/ready</c>
/// already says no: whoever spreads the requests stops sending new ones before the door is shut.
/// </summary>
internal sealed class DrainDelay(Settings settings, TimeProvider time) : IHostedLifecycleService
{
    /// <summary>Default of role <c>Gateway</c>. Role <c>All</c> is one process, and nobody spreads requests over it.</summary>
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
