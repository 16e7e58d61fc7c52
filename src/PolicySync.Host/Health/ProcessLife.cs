using Microsoft.Extensions.Diagnostics.HealthChecks;
using PolicySync.Host.Cluster;

namespace PolicySync.Host.Health;

/// <summary>Where the process stands between its start and its end. Names are part of <c>/health/ready</c>.</summary>
internal enum LifeState
{
    /// <summary>Not usable yet.</summary>
    Starting,

    /// <summary>Usable.</summary>
    Ready,

    /// <summary>Told to stop: answers what still comes, and should get no more.</summary>
    Draining,
}

/// <summary>
/// A silo has started when it is an active member of the cluster; a gateway, when it has met a silo, or has looked for
/// one long enough: without silos it still accepts tasks and shows ended ones, from the store.
/// </summary>
internal sealed class ProcessLife(IHostApplicationLifetime host, TimeProvider time, IServiceProvider services) : IHealthCheck
{
    /// <summary>How long a gateway that finds no silo counts as starting.</summary>
    public static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(20);

    private readonly long _start = time.GetTimestamp();
    private readonly ClusterLink? _link = services.GetService<ClusterLink>();

    private volatile bool _started;

    /// <summary>Where it stands.</summary>
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
