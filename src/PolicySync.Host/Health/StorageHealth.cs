using Microsoft.Extensions.Diagnostics.HealthChecks;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Health;

/// <summary>
/// Whether the task store answers. Asked at most once per <see cref="MaxAge"/>, however many probes come: the endpoint
/// is open to everyone.
/// </summary>
internal sealed class StorageHealth(ITaskStore store, TimeProvider time) : IHealthCheck, IDisposable
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Never given out: ids begin with the milliseconds since 2024.</summary>
    private static readonly TaskId Nobody = new(1);

    private readonly SemaphoreSlim _turn = new(1);
    private (long Asked, bool Answered)? _last;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is not { } last || time.GetElapsedTime(last.Asked) >= MaxAge)
            {
                var answered = await AnswersAsync(cancellationToken);
                _last = last = (time.GetTimestamp(), answered);
            }

            return last.Answered ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await store.FindAsync(Nobody, limit.Token).WaitAsync(Patience, time, cancellation);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or SyncException)
        {
            await limit.CancelAsync();
            return false;
        }
    }
}
