using Microsoft.Extensions.Diagnostics.HealthChecks;
using PolicySync.Host.Cluster;

namespace PolicySync.Host.Health;

/// <summary>
/// Checks whether a gateway reaches a silo. Without one it is degraded, not unhealthy: it accepts tasks, which are stored and wait, and
/// ended tasks can be read.
/// </summary>
internal sealed class ClusterHealth(ClusterLink link) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(link.IsUp ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded());
}
