using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;

namespace PolicySync.Host.Health;

/// <summary>
/// Whether there are policies to read. Without them the process is still ready: it accepts tasks, and they wait up to
/// <c>Policies:MaxWait</c>. Ranger Admin is not asked: probes come often, each download leaves a trace there, and the
/// metric of the policies' age tells when it does not answer.
/// </summary>
internal sealed class PoliciesHealth(IOptions<PoliciesOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(options.Value.Source != PolicySourceKind.Folder || IsReadable() ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded());

    private bool IsReadable()
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(options.Value.Folder ?? "", "policies.json"));
            return file.Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
