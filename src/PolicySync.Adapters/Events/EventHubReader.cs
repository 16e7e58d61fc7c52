using Azure.Identity;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Events;

/// <summary>
/// Reads the event hub from the start of the silo to its stop. When the hub refuses or cannot be reached, the process continues and starts reading
/// again every 30 seconds.
/// </summary>
internal sealed partial class EventHubReader(
    IOptions<EventsOptions> options, EventHubAddress address, BlobCheckpoints checkpoints, DeadLetters letters, EventBatches batches, EventMetrics metrics,
    HubTrouble trouble, IHostApplicationLifetime host, TimeProvider time, ILogger<EventHubReader> logger) : BackgroundService
{
    /// <summary>
    /// How long a read waits for events. A broken connection is noticed only when a read ends: with the default of a minute, events flow again
    /// after 55 to 60 s (reference events.md §1.3).
    /// </summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private const int LooksPerRefresh = 6;
    private const long PrefetchBytes = 4 << 20;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            while (true)
            {
                await ReadAsync(stoppingToken);
                await Task.Delay(Again, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    // Until the processor fails.
    private async Task ReadAsync(CancellationToken stopping)
    {
        HubProcessor? processor = null;
        try
        {
            await checkpoints.PrepareAsync(stopping);
            await letters.PrepareAsync(stopping);
            processor = Create();
            await processor.StartProcessingAsync(stopping);
            trouble.End();
            LogReads(processor.EventHubName, processor.ConsumerGroup, processor.Identifier);
            for (var looks = 1; processor.IsRunning; looks++)
            {
                await Task.Delay(Look, time, stopping);
                if (looks % LooksPerRefresh == 0)
                {
                    await RefreshLagAsync(processor, stopping);
                }
            }
        }
#pragma warning disable CA1031 // whatever it is, the silo goes on with the tasks of the API
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            trouble.Record(e, "start");
        }
        finally
        {
            if (processor is not null)
            {
                await StopAsync(processor);
            }
        }
    }

    private async Task RefreshLagAsync(HubProcessor processor, CancellationToken stopping)
    {
        try
        {
            await processor.RefreshLagAsync(stopping).WaitAsync(Again, time, stopping);
        }
#pragma warning disable CA1031 // the lag of before stays; reading goes on
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            trouble.Record(e, "properties of partitions");
        }
    }

    private async Task StopAsync(HubProcessor processor)
    {
        metrics.IsConnected = false;
        using var limit = new CancellationTokenSource(StopTime, time);
        try
        {
            await processor.StopProcessingAsync(limit.Token);
        }
#pragma warning disable CA1031 // it failed before, or is too slow; its partitions expire
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogStop(e.GetType().Name, e.Message.Split('\n')[0]);
        }
    }

    private HubProcessor Create()
    {
        var settings = options.Value;
        var hub = settings.EventHub;
        var parts = new HubParts
        {
            Checkpoints = checkpoints,
            Batches = batches,
            Metrics = metrics,
            Trouble = trouble,
            Logger = logger,
            Hub = address.Hub,
            Group = hub.ConsumerGroup,
            BatchSize = settings.BatchSize,
            Options = new EventProcessorOptions
            {
                Identifier = address.Reader,
                MaximumWaitTime = Wait,
                TrackLastEnqueuedEventProperties = true,
                LoadBalancingStrategy = LoadBalancingStrategy.Greedy,
                LoadBalancingUpdateInterval = hub.BalanceEvery,
                PartitionOwnershipExpirationInterval = hub.OwnershipExpires,
                PrefetchCount = 2 * settings.BatchSize,
                PrefetchSizeInBytes = PrefetchBytes,
                DefaultStartingPosition = hub.StartAt == EventStart.Latest
                    ? Azure.Messaging.EventHubs.Consumer.EventPosition.Latest : Azure.Messaging.EventHubs.Consumer.EventPosition.Earliest,
                ConnectionOptions = address.Connection,
            },
        };
        return address.ConnectionString() is { } text ? new HubProcessor(parts, text) : new HubProcessor(parts, hub.Namespace!, new DefaultAzureCredential());
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    [LoggerMessage(147, LogLevel.Information, "Reads the event hub {Hub} as {Reader} in consumer group {Group}")]
    private partial void LogReads(string hub, string group, string reader);

    [LoggerMessage(148, LogLevel.Information, "The reader of the event hub did not stop cleanly ({Kind}: {Reason})")]
    private partial void LogStop(string kind, string reason);
}
