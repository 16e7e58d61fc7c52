using Microsoft.Extensions.Hosting;

namespace PolicySync.Grains;

/// <summary>
/// Does something once the process has started, and then once per period. It runs in every silo, as any of them may be the only
/// one; a grain keeps the work itself from being done twice.
/// </summary>
internal abstract class PeriodicService(TimeProvider time, IHostApplicationLifetime host) : BackgroundService
{
    /// <summary>The time between two ticks; null for a service that is switched off.</summary>
    protected abstract TimeSpan? Period { get; }

    /// <summary>Does one round. A failure is given to <see cref="LogFailure"/>, and the next round tries again.</summary>
    protected abstract Task TickAsync(CancellationToken stopping);

    /// <summary>Logs the failure of a round.</summary>
    protected abstract void LogFailure(Exception failure);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Period is not { } period)
        {
            return;
        }

        try
        {
            await host.StartedAsync(stoppingToken); // there is no silo to call before
            using var timer = new PeriodicTimer(period, time);
            do
            {
                await TryTickAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    private async Task TryTickAsync(CancellationToken stopping)
    {
        try
        {
            await TickAsync(stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailure(e);
        }
    }
}

/// <summary>Waits for the start of a process.</summary>
public static class HostStart
{
    /// <summary>Returns when the process has started, its silo included.</summary>
    public static async Task StartedAsync(this IHostApplicationLifetime host, CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }
}
