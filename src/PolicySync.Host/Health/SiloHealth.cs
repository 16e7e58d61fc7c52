using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PolicySync.Host.Health;

/// <summary>Checks whether the silo of this process takes calls: from when it is active until it starts to stop.</summary>
internal sealed class SiloHealth : ILifecycleParticipant<ISiloLifecycle>, IHealthCheck
{
    private volatile bool _active;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(SiloHealth),
        ServiceLifecycleStage.Active,
        _ => Set(true),
        _ => Set(false));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_active ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());

    private Task Set(bool active)
    {
        _active = active;
        return Task.CompletedTask;
    }
}
