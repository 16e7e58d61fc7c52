using Microsoft.Extensions.Diagnostics.HealthChecks;
using PolicySync.Host.Cluster;

namespace PolicySync.Host.Health;

/// <summary>The state of the process. The names are values of <c>state</c> in <c>/health/ready</c>.</summary>
internal enum LifeState
{
    /// <summary>Not usable yet.</summary>
    Starting,

    /// <summary>Usable.</summary>
    Ready,

    /// <summary>Told to stop: still answers requests, but should get no new ones.</summary>
    Draining,
}

/// <summary>
/// Tracks the state of the process. A silo has started when it is an active member of the cluster. A gateway has started when it has met a
/// silo or searched long enough: without silos it still accepts tasks and shows ended ones from the store.
/// </summary>
internal sealed class ProcessLife(IHostApplicationLifetime host, TimeProvider time, IServiceProvider services) : IHealthCheck
{
    /// <summary>How long a gateway that finds no silo counts as starting.</summary>
    public static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(20);

    private readonly long _start = time.GetTimestamp();
    private readonly ClusterLink? _link = services.GetService<ClusterLink>();

    private volatile bool _started;

    /// <summary>The current state.</summary>
    public LifeState State => host.ApplicationStopping.IsCancellationRequested ? LifeState.Draining
        : HasStarted() ? LifeState.Ready
        : LifeState.Starting;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(State == LifeState.Ready ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());

    // The start of a gateway ends when its client has reached a silo.
    private bool HasStarted() => _started = _started
        || host.ApplicationStarted.IsCancellationRequested
        || (_link is not null && time.GetElapsedTime(_start) > LongestSearch);
}
