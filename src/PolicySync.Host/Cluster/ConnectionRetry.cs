namespace PolicySync.Host.Cluster;

/// <summary>A gateway that finds no silo goes on looking: silos may start after it, or be all gone for a while.</summary>
internal sealed partial class ConnectionRetry(ClusterLink link, TimeProvider time, ILogger<ConnectionRetry> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private bool _told;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!_told && !link.IsUp)
        {
            LogNoSilo(exception.Message);
            _told = true;
        }

        await Task.Delay(Between, time, cancellationToken);
        return true;
    }

    [LoggerMessage(EventId = 1300, Level = LogLevel.Warning, Message = "No silo answers yet; tasks are accepted and wait: {Reason}")]
    private partial void LogNoSilo(string reason);
}
