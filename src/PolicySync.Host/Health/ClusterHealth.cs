using Microsoft.Extensions.Diagnostics.HealthChecks;
using PolicySync.Host.Cluster;

namespace PolicySync.Host.Health;

/// <summary>
/// Whether a gateway reaches a silo. Without one it is still of use: what it accepts is durable and waits, and ended
/// tasks can be read.
/// </summary>
internal sealed class ClusterHealth(ClusterLink link) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(link.IsUp ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded());
}
