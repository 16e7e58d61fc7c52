using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Webhooks;

namespace PolicySync.Grains.Webhooks;

/// <summary>
/// Delivers events while the process runs. Each silo sends those of its own lanes (<see cref="SyncTasks.ClusterWatch"/>), and each endpoint has
/// a queue of its own. Without endpoints it does nothing, and calls no storage.
/// </summary>
internal sealed partial class WebhookDispatch(
    WebhookNotices notices, PolicyRefusals refusals, IWebhookOutbox outbox, IServiceProvider services, GrainSettings settings, WebhookClock clock,
    ILogger<WebhookDispatch> logger) : BackgroundService
{
    /// <summary>Time between two deletions of what is left over.</summary>
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromHours(1);

    /// <summary>How long the ids of refused policies are remembered, and events for endpoints that are no longer configured.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (notices.Subscriptions.AreNone)
        {
            return;
        }

        try
        {
            await services.GetRequiredService<IHostApplicationLifetime>().StartedAsync(stoppingToken);
            await Task.WhenAll(
            [
                .. notices.Subscriptions.Endpoints
                    .Select(endpoint => ActivatorUtilities.CreateInstance<WebhookQueue>(services, endpoint))
                    .Select(queue => RepeatAsync(() => queue.PassAsync(settings.WebhookPeriod, stoppingToken), stoppingToken)),
                RepeatAsync(StoreRefusalsAsync, stoppingToken),
                RepeatAsync(SweepAsync, stoppingToken),
            ]);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends; what it was sending is sent again by another
        }

        async Task<TimeSpan> StoreRefusalsAsync()
        {
            await refusals.StoreAsync(stoppingToken);
            return settings.WebhookPeriod;
        }

        async Task<TimeSpan> SweepAsync()
        {
            await outbox.SweepAsync([.. notices.Subscriptions.Endpoints.Select(endpoint => endpoint.Name!)], clock.Now - Kept, stoppingToken);
            return SweepPeriod;
        }
    }

    private async Task RepeatAsync(Func<Task<TimeSpan>> step, CancellationToken stopping)
    {
        while (true)
        {
            var wait = settings.WebhookPeriod;
            try
            {
                wait = await step();
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogFailed(e);
            }

            await Task.Delay(wait, clock.Time, stopping);
        }
    }

    [LoggerMessage(18, LogLevel.Warning, "Could not read or store which events are to be sent to webhooks; the next round tries again")]
    private partial void LogFailed(Exception exception);
}
