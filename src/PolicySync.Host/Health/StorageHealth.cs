using Microsoft.Extensions.Diagnostics.HealthChecks;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Health;

/// <summary>
/// Checks whether the task store answers, at most once per <see cref="MaxAge"/>, as the endpoint is open and probes may be frequent.
/// </summary>
internal sealed class StorageHealth(ITaskStore store, TimeProvider time) : IHealthCheck, IDisposable
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>An id that no task has, as ids begin with the milliseconds since 2024.</summary>
    private static readonly TaskId NoTask = new(1);

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
            await store.FindAsync(NoTask, limit.Token).WaitAsync(Patience, time, cancellation);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or SyncException)
        {
            await limit.CancelAsync();
            return false;
        }
    }
}
