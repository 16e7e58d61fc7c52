using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;

namespace PolicySync.Grains.Verification;

/// <summary>
/// Reminds the cluster's one grain that a round may be due. On each silo, so that the loss of any leaves the others to do
/// it; nothing is done twice, as the grain is one.
/// </summary>
public sealed partial class VerifySchedule(
    IGrainFactory grains,
    GrainSettings settings,
    IOptions<VerifyOptions> options,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<VerifySchedule> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Every is not { } every)
        {
            return;
        }

        try
        {
            await StartedAsync(stoppingToken); // before, there is no silo to call
            using var timer = new PeriodicTimer(every < settings.VerifyTick ? every : settings.VerifyTick, time);
            do
            {
                await TickAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        try
        {
            await grains.GetGrain<IVerifyGrain>(settings.Instance).TickAsync().WaitAsync(stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e); // the workspace or our storage does not answer; the next tick tries again
        }
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    [LoggerMessage(52, LogLevel.Warning, "a round of verification could not be begun; it will be tried again")]
    private partial void LogFailed(Exception exception);
}
